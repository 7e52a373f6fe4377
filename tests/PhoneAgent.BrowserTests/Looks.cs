using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>A page in light and dark, wide and narrow: pictures for people, rules for the rest.</summary>
internal static class Looks
{
    private const int Wide = 1280;
    private const int Narrow = 390;

    // Each colour and each width once: the rules look at the same elements.
    private static readonly (ColorScheme Colors, int Width, bool IsChecked)[] All =
        [(ColorScheme.Light, Wide, true), (ColorScheme.Light, Narrow, false), (ColorScheme.Dark, Wide, false), (ColorScheme.Dark, Narrow, true)];

    /// <summary>Takes the pictures, and says what is wrong with the page, one thing a line.</summary>
    /// <param name="withRules">Also the rules of axe-core; it must be there.</param>
    public static async Task<IReadOnlyList<string>> CheckAsync(IPage page, string name, bool withRules)
    {
        var wrong = new List<string>();
        foreach ((ColorScheme colors, int width, bool isChecked) in All)
        {
            string look = $"{name}-{colors}-{width}".ToLowerInvariant();
            await page.EmulateMediaAsync(new() { ColorScheme = colors });
            await page.SetViewportSizeAsync(width, 800);
            // What is drawn with colours of its own is drawn anew.
            await page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 400)))");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{look}.png"), FullPage = true });
            if (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth") is > 0 and var overflow)
                wrong.Add($"{look}: {overflow} pixels too wide");
            if (isChecked && withRules)
                wrong.AddRange((await AxeCore.CheckAsync(page)).Select(violation => $"{look}: {violation}"));
        }
        return wrong;
    }

    private static string Folder => Directory.CreateDirectory(Path.Combine(ServerProcess.Root, "TestResults", "screenshots")).FullName;
}
