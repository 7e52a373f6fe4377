using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>New calls make themselves known to somebody who looks elsewhere.</summary>
public sealed class AlertTests
{
    /// <summary>A page in the background of a system that keeps what it was asked to show.</summary>
    private const string InBackground = """
        () => {
          globalThis.shown = [];
          Object.defineProperty(document, 'hidden', { get: () => true });
          globalThis.Notification = class {
            static permission = 'granted';
            static requestPermission() { return Promise.resolve('granted'); }
            constructor(title, options) { shown.push([title, JSON.stringify(options ?? {})]); }
          };
        }
        """;

    [RequiresChromiumFact]
    public async Task ANewCallIsShownSoundsAndIsANotification()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage live = await browser.OpenAsync(server.Address, errors);
        await live.EvaluateAsync(InBackground);
        await live.EvaluateAsync(Loudness.OfLoudspeaker);
        ILocator button = live.Locator("[data-action=alerts]");
        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveTextAsync("Alerts on");
        await live.UntilAsync(Loudness.IsHeard, "the sound that shows what alerts are like");
        await live.UntilAsync("() => { const silent = loudest < 0.001; loudest = 0; return silent; }", "its end");

        IPage caller = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await caller.ClickAsync("#call");

        await Assertions.Expect(live.Locator("#announcements .toast")).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await live.UntilAsync(Loudness.IsHeard, "the sound of a new call");
        string[][] shown = await live.EvaluateAsync<string[][]>("() => shown");
        string[] note = Assert.Single(shown);
        Assert.Equal("New call", note[0]);
        Assert.DoesNotContain("body", note[1], StringComparison.Ordinal); // no caller on a lock screen
        Assert.Empty(errors);
    }
}
