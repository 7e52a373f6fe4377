using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>The page /talk with every kind of line that it can show, also on machines without speech.</summary>
public sealed class TalkLooksTests
{
    private const string Talked = """
        async () => {
          const { Transcript } = await import('/assets/talk/transcript.js');
          const transcript = new Transcript(document.getElementById('transcript'));
          document.getElementById('hint').hidden = true;
          transcript.agent(1, 'Thank you for calling Northside Bikes. How can I help you?');
          transcript.final('what are your opening hours');
          transcript.mood('calm', 0.71);
          transcript.agent(2, 'We are open today from ten in the morning to four in the afternoon.');
          transcript.heard(2, 'We are open today from ten', true);
          transcript.final('where is my order');
          transcript.interim('four two zero');
        }
        """;

    [RequiresChromiumFact]
    public Task ThePageIsWellMade() => LookAsync(withRules: false);

    [RequiresChromiumFact(Axe = true)]
    public Task NoRuleOfAccessibilityIsSeriouslyBroken() => LookAsync(withRules: true);

    private static async Task LookAsync(bool withRules)
    {
        await using ServerProcess server = await ServerProcess.StartAsync("engines.warm_up=false", "engines.tts_cache.enabled=false");
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await page.EvaluateAsync(Talked);
        IReadOnlyList<string> wrong = await Looks.CheckAsync(page, "talk", withRules);
        Assert.Equal("", string.Join('\n', wrong.Concat(errors)));
    }
}
