using Xunit;
using Microsoft.Playwright;

namespace PhoneAgent.BrowserTests;

/// <summary>A caller and the agent, through a real browser.</summary>
public sealed class TalkPageTests
{
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 40_000 };

    /// <summary>Loudness of what the page plays, from the moment that an interruption arrives.</summary>
    private const string Listen = """
        async () => {
          const { client } = await import('/assets/talk/talk.js');
          const analyser = client.output.context.createAnalyser();
          analyser.fftSize = 256;
          client.output.connect(analyser);
          const wave = new Float32Array(256);
          const rms = () => { analyser.getFloatTimeDomainData(wave); return Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length); };
          globalThis.heard = { before: 0, after: null };
          const watch = setInterval(() => { if (heard.after === null) heard.before = Math.max(heard.before, rms()); }, 5);
          client.addEventListener('interrupt', () => {
            clearInterval(watch);
            // One quantum for the flush, one message to get there, and the analyser's own window.
            setTimeout(() => heard.after = rms(), 60);
          }, { once: true });
        }
        """;

    [RequiresChromiumFact(Speech = true)]
    public async Task TheAgentGreetsUnderstandsAnswersAndIsInterrupted()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-caller-").FullName;
        await using ServerProcess server = await ServerProcess.StartAsync();
        // On a busy machine an answer is late, and what should cut in comes before it: so there is more than one try.
        string caller = await CallerSpeech.WriteAsync(folder, TimeSpan.FromSeconds(80),
            [.. Enumerable.Range(0, 4).SelectMany(round => new[]
            {
                (TimeSpan.FromSeconds(10 + (14 * round)), "what are your opening hours"),
                (TimeSpan.FromSeconds(14.5 + (14 * round)), "where is my order please"),
            })]);
        await using Browser browser = await Browser.StartAsync(caller);
        var errors = new List<string>();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await page.ClickAsync("#call");
        ILocator connection = page.Locator("#connection");
        ILocator transcript = page.Locator("#transcript");
        await Assertions.Expect(connection).ToHaveTextAsync("Connected");
        await page.EvaluateAsync(Listen);

        await Assertions.Expect(page.Locator(".line.agent").First).ToContainTextAsync("Northside", Patient);
        await Assertions.Expect(transcript).ToContainTextAsync("opening hours", Patient);
        await Assertions.Expect(page.Locator("#emotion")).ToContainTextAsync("You sound", Patient);
        await Assertions.Expect(page.Locator(".line.agent").Nth(1)).Not.ToBeEmptyAsync(new() { Timeout = 20_000 });
        await page.UntilAsync("() => heard.after !== null", "the interruption");
        double[] loudness = await page.EvaluateAsync<double[]>("() => [heard.before, heard.after]");
        Assert.True(loudness[0] > 0.005, $"the agent was not heard before: {loudness[0]}");
        Assert.True(loudness[1] < loudness[0] / 20, $"still heard after the interruption: {loudness[1]} of {loudness[0]}");
        await Assertions.Expect(page.Locator(".line.agent s").First).Not.ToBeEmptyAsync();

        await page.EvaluateAsync("async () => (await import('/assets/talk/talk.js')).client.drop()");
        await Assertions.Expect(transcript).ToContainTextAsync("Connected again", Patient);
        await Assertions.Expect(connection).ToHaveTextAsync("Connected");

        await page.ClickAsync("#hang-up");
        await Assertions.Expect(connection).ToHaveTextAsync("Not connected", new() { Timeout = 20_000 });
        await page.UntilAsync("async () => (await (await fetch('/health')).json()).calls === 0", "the call is cleaned up");
        Assert.Empty(errors);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A recorded actress, angry and then calm, with the same sentence.</summary>
    [RequiresChromiumFact(Speech = true, Shared = "data/emotion/emodb")]
    public async Task TheToneOfARecordedCallerIsShown()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-caller-").FullName;
        await using ServerProcess server = await ServerProcess.StartAsync();
        string caller = CallerSpeech.WriteRecorded(folder, TimeSpan.FromSeconds(80), [.. Enumerable.Range(0, 4).SelectMany(round => new[]
        {
            (TimeSpan.FromSeconds(10 + (16 * round)), "data/emotion/emodb/08a04Wc.wav"),
            (TimeSpan.FromSeconds(18 + (16 * round)), "data/emotion/emodb/08a04Nc.wav"),
        })]);
        await using Browser browser = await Browser.StartAsync(caller);
        var errors = new List<string>();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await page.ClickAsync("#call");
        ILocator emotion = page.Locator("#emotion");
        await Assertions.Expect(emotion).ToContainTextAsync("You sound frustrated", Patient);
        await Assertions.Expect(emotion).ToContainTextAsync("You sound neutral", Patient);
        await page.ClickAsync("#hang-up");
        Assert.Empty(errors);
        Directory.Delete(folder, recursive: true);
    }
}
