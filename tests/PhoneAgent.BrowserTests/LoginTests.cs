using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>The first run: open until a password is set, and closed from then on.</summary>
public sealed class LoginTests
{
    private const string Password = "correct horse battery staple";

    [RequiresChromiumFact]
    public async Task TheFirstRunSetsAPasswordWhichIsAskedForFromThenOn()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        IPage first = await browser.OpenAsync(server.Address);
        await first.ClickAsync("text=Set a password");
        await first.FillAsync("#password", Password);
        await first.FillAsync("#again", Password);
        await first.ClickAsync("form[action='/setup'] button");
        await Assertions.Expect(first.Locator("form[action='/logout']")).ToBeVisibleAsync();

        IPage stranger = await browser.OpenAsync(server.Address);
        await Assertions.Expect(stranger.Locator("form[action='/login']")).ToBeVisibleAsync();
        await stranger.FillAsync("#name", "admin");
        await stranger.FillAsync("#password", "guess number one");
        await stranger.ClickAsync("form[action='/login'] button");
        await Assertions.Expect(stranger.Locator("form[action='/login']")).ToBeVisibleAsync();
        await stranger.FillAsync("#name", "admin");
        await stranger.FillAsync("#password", Password);
        await stranger.ClickAsync("form[action='/login'] button");
        await Assertions.Expect(stranger.Locator("form[action='/logout']")).ToBeVisibleAsync();

        await first.ClickAsync("form[action='/logout'] button");
        await first.GotoAsync(server.Address.ToString());
        await Assertions.Expect(first.Locator("form[action='/login']")).ToBeVisibleAsync();
    }
}
