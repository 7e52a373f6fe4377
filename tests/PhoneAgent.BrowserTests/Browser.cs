using Microsoft.Playwright;
using Xunit;

// Each has a browser and a server of its own, which is enough for one machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace PhoneAgent.BrowserTests;

/// <summary>Debian's Chromium, with a file for a microphone.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <param name="microphone">A WAV file, played once from the moment that the page opens the microphone.</param>
    public static async Task<Browser> StartAsync(string? microphone = null)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        List<string> arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required", "--no-sandbox"];
        if (microphone is not null)
            arguments.Add($"--use-file-for-fake-audio-capture={microphone}%noloop");
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = RequiresChromiumFactAttribute.Executable,
            Args = arguments,
        });
        return new Browser(playwright, browser);
    }

    /// <summary>A page of a fresh visitor. What its console calls an error, or what it throws, is in <paramref name="errors"/>.</summary>
    public async Task<IPage> OpenAsync(Uri address, List<string>? errors = null, ColorScheme colors = ColorScheme.Light, int width = 1280, int height = 800)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = colors,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            Permissions = ["microphone"],
        });
        IPage page = await context.NewPageAsync();
        if (errors is not null)
        {
            page.Console += (_, message) => { if (message.Type == "error") errors.Add(message.Text); };
            page.PageError += (_, error) => errors.Add(error);
        }
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

internal static class Pages
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Until a function of the page returns true. Playwright's own wait needs eval, which our pages forbid.</summary>
    public static async Task UntilAsync(this IPage page, string function, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await page.EvaluateAsync<bool>(function))
        {
            try
            {
                await tick.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"still not: {what}", e);
            }
        }
    }
}
