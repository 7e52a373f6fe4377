using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>When the caller is heard, and through which devices.</summary>
public sealed class TalkControlsTests
{
    /// <summary>Counts what the page sends: frames of audio, and pings by which a test knows that time has passed.</summary>
    private const string CountSent = """
        () => {
          const send = WebSocket.prototype.send;
          globalThis.sent = { frames: 0, pings: 0 };
          WebSocket.prototype.send = function (data) {
            if (typeof data !== 'string') sent.frames++;
            else if (data.includes('"ping"')) sent.pings++;
            return send.call(this, data);
          };
        }
        """;

    private const string Recount = "() => { sent.frames = sent.pings = 0; }";
    private const string FramesGo = "() => sent.frames > 10";
    private const string TwoPings = "() => sent.pings >= 2";

    [RequiresChromiumFact]
    public async Task TheCallerIsHeardWhenHeWantsToBe()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await page.EvaluateAsync(CountSent);
        await page.ClickAsync("#call");
        await Assertions.Expect(page.Locator("#connection")).ToHaveTextAsync("Connected", new() { Timeout = 20_000 });
        await HeardAsync(page, "an open microphone");
        await page.UntilAsync("() => document.getElementById('caller-level').value > 0", "the level of the microphone");
        await Assertions.Expect(page.Locator("#network")).ToContainTextAsync("Network", new() { Timeout = 20_000 });

        await page.ClickAsync("#mute");
        await Assertions.Expect(page.Locator("#mute")).ToHaveTextAsync("Muted");
        await NotHeardAsync(page);
        await page.ClickAsync("#mute");
        await HeardAsync(page, "after the mute");

        await page.CheckAsync("input[value=push]");
        await NotHeardAsync(page);
        ILocator button = page.Locator("#push");
        await button.HoverAsync();
        await page.Mouse.DownAsync();
        await HeardAsync(page, "while the button is held");
        await page.Mouse.UpAsync();
        await NotHeardAsync(page);
        await button.FocusAsync();
        await page.Keyboard.DownAsync("Space");
        await HeardAsync(page, "while the space bar is held");
        await page.Keyboard.UpAsync("Space");
        await NotHeardAsync(page);
        await page.CheckAsync("input[value=open]");

        await Assertions.Expect(page.Locator("input[value=wake-word]")).ToBeDisabledAsync();
        await Assertions.Expect(page.Locator("#wake-why")).ToContainTextAsync("Not available");
        Assert.Empty(errors);
    }

    [RequiresChromiumFact]
    public async Task AnotherMicrophoneAndLoudspeakerAreTakenInMidCall()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await page.EvaluateAsync(CountSent);
        await page.ClickAsync("#call");
        await Assertions.Expect(page.Locator("#connection")).ToHaveTextAsync("Connected", new() { Timeout = 20_000 });
        foreach (string device in new[] { "#input", "#output" })
        {
            // Names are known once the microphone was allowed.
            ILocator others = page.Locator($"{device} option:not([value=''])");
            await Assertions.Expect(others).Not.ToHaveCountAsync(0, new() { Timeout = 20_000 });
            string id = (await others.Last.GetAttributeAsync("value"))!;
            await page.SelectOptionAsync(device, id);
            await HeardAsync(page, $"after another {device} was chosen");
            Assert.Equal(id, await page.Locator(device).InputValueAsync());
        }
        string sink = await page.EvaluateAsync<string>("async () => (await import('/assets/talk/talk.js')).client.output.context.sinkId");
        Assert.Equal(await page.Locator("#output").InputValueAsync(), sink);
        await Assertions.Expect(page.Locator("#problem")).ToBeHiddenAsync();
        Assert.Empty(errors);
    }

    private static async Task HeardAsync(IPage page, string when)
    {
        await page.EvaluateAsync(Recount);
        await page.UntilAsync(FramesGo, $"audio is sent: {when}");
    }

    private static async Task NotHeardAsync(IPage page)
    {
        await page.EvaluateAsync(Recount);
        await page.UntilAsync(TwoPings, "time passes");
        // One may have been on its way out of the worklet.
        Assert.InRange(await page.EvaluateAsync<int>("() => sent.frames"), 0, 2);
    }
}
