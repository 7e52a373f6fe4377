using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>The page in light and dark, wide and narrow: pictures for people, rules for the rest.</summary>
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

    [RequiresChromiumTheory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 375)]
    [InlineData(ColorScheme.Dark, 375)]
    public async Task ThePageIsWellMade(ColorScheme colors, int width)
    {
        await using ServerProcess server = await ServerProcess.StartAsync("engines.warm_up=false", "engines.tts_cache.enabled=false");
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors, colors, width);
        await page.EvaluateAsync(Talked);
        await page.ScreenshotAsync(new() { Path = Path.Combine(PictureFolder(), $"talk-{colors}-{width}.png".ToLowerInvariant()), FullPage = true });
        int overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
        Assert.True(overflow <= 0, $"the page is {overflow} pixels too wide");
        Assert.Equal("", string.Join('\n', errors));
    }

    [RequiresChromiumTheory(Axe = true)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 375)]
    [InlineData(ColorScheme.Dark, 375)]
    public async Task NoRuleOfAccessibilityIsSeriouslyBroken(ColorScheme colors, int width)
    {
        await using ServerProcess server = await ServerProcess.StartAsync("engines.warm_up=false", "engines.tts_cache.enabled=false");
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.OpenAsync(new Uri(server.Address, "/talk"), colors: colors, width: width);
        await page.EvaluateAsync(Talked);
        Assert.Equal("", string.Join('\n', await AxeCore.CheckAsync(page)));
    }

    private static string PictureFolder() =>
        Directory.CreateDirectory(Path.Combine(ServerProcess.Root, "TestResults", "screenshots")).FullName;
}
