using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>Every page, with what it shows while callers talk and after they have gone.</summary>
public sealed class PageLooksTests
{
    private const float Patience = 60_000;

    [RequiresChromiumFact(Speech = true, Axe = true)]
    public async Task EveryPageIsWellMade()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-caller-").FullName;
        await using ServerProcess server = await ServerProcess.StartAsync("recording.enabled=true");
        // Who asks the same again and again is not content.
        await using Browser angry = await Browser.StartAsync(await CallerSpeech.WriteAsync(folder, TimeSpan.FromSeconds(120),
            [.. Enumerable.Range(0, 6).Select(round => (TimeSpan.FromSeconds(9 + (7 * round)), "what are your opening hours"))]));
        await using Browser calm = await Browser.StartAsync(await CallerSpeech.WriteAsync(Directory.CreateDirectory(Path.Combine(folder, "calm")).FullName, TimeSpan.FromSeconds(120),
            (TimeSpan.FromSeconds(9), "where is my order"),
            (TimeSpan.FromSeconds(17), "four two zero seven one eight"),
            (TimeSpan.FromSeconds(31), "what are your opening hours"),
            (TimeSpan.FromSeconds(43), "are you open on sunday"),
            (TimeSpan.FromSeconds(55), "where is my order"),
            (TimeSpan.FromSeconds(65), "four two zero seven one eight")));
        var errors = new List<string>();
        var wrong = new List<string>();
        IPage caller = await angry.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await caller.ClickAsync("#call");
        IPage other = await calm.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await other.ClickAsync("#call");
        IPage watcher = await calm.OpenAsync(server.Address, errors);
        async Task CheckAsync(IPage page, string name) => wrong.AddRange(await Looks.CheckAsync(page, name, withRules: true));

        await Assertions.Expect(watcher.Locator("tr.frustrated, tr.urgent").First).ToBeVisibleAsync(new() { Timeout = Patience });
        await CheckAsync(watcher, "live");
        await watcher.Locator("tr.frustrated .caller-link, tr.urgent .caller-link").First.ClickAsync();
        await Assertions.Expect(watcher.Locator("#connection")).ToHaveAttributeAsync("data-state", "live");
        await CheckAsync(watcher, "call");
        await CheckAsync(other, "talk-in-call");
        await caller.GotoAsync("about:blank");
        if (await other.Locator("#hang-up").IsVisibleAsync())
            await other.ClickAsync("#hang-up");
        await Assertions.Expect(other.Locator("#connection")).ToHaveTextAsync("Not connected", new() { Timeout = Patience });
        await CheckAsync(other, "talk-over");

        await watcher.GotoAsync(new Uri(server.Address, "/").ToString());
        await CheckAsync(watcher, "live-over");
        await watcher.GotoAsync(new Uri(server.Address, "/history").ToString());
        await CheckAsync(watcher, "history");
        await watcher.Locator("table.records a").First.ClickAsync();
        await CheckAsync(watcher, "record");
        await watcher.EvaluateAsync("() => { const player = document.getElementById('player'); player.muted = true; return player.play(); }");
        await watcher.UntilAsync("() => document.querySelector('#spoken > li.heard .words .now') !== null", "the transcript follows the recording");
        foreach (string page in new[] { "system", "access", "account", "login", "setup" })
        {
            await watcher.GotoAsync(new Uri(server.Address, $"/{page}").ToString());
            await CheckAsync(watcher, page);
        }
        Assert.Equal("", string.Join('\n', wrong.Concat(errors)));
        Directory.Delete(folder, recursive: true);
    }
}
