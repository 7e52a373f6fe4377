using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>A second browser watches a call, listens in and steps in.</summary>
public sealed class SupervisorTests
{
    [RequiresChromiumFact]
    public async Task ASupervisorListensTakesOverGivesBackTransfersAndHangsUp()
    {
        await using ServerProcess server = await ServerProcess.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage caller = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await caller.ClickAsync("#call");
        await Assertions.Expect(caller.Locator("#connection")).ToHaveTextAsync("Connected", new() { Timeout = 20_000 });
        await caller.EvaluateAsync(Loudness.OfTalkPage);

        IPage supervisor = await browser.OpenAsync(server.Address, errors);
        await supervisor.Locator(".caller-link").First.ClickAsync(new() { Timeout = 20_000 });
        ILocator result = supervisor.Locator("#act-result");
        await supervisor.EvaluateAsync(Loudness.OfLoudspeaker);
        await supervisor.ClickAsync("[data-listen]");
        await Assertions.Expect(supervisor.Locator("[data-listen]")).ToHaveTextAsync("Stop listening", new() { Timeout = 20_000 });
        await supervisor.UntilAsync(Loudness.IsHeard, "the supervisor hears the call");

        // The browser's made-up microphone beeps.
        await supervisor.ClickAsync("[data-take-over]");
        await Assertions.Expect(result).ToHaveTextAsync("You have the call: speak.", new() { Timeout = 20_000 });
        await caller.EvaluateAsync(Loudness.Reset);
        await caller.UntilAsync(Loudness.IsHeard, "the caller hears the supervisor");
        await supervisor.ClickAsync("[data-take-over]");
        await Assertions.Expect(result).ToHaveTextAsync("The agent has the call again.", new() { Timeout = 20_000 });

        await supervisor.FillAsync("#act-whisper", "offer a refund");
        await supervisor.ClickAsync("form[data-act=whisper] button");
        await Assertions.Expect(result).ToHaveTextAsync("This agent follows a script and takes no hints.");
        await supervisor.FillAsync("#act-mark", "seen");
        await supervisor.ClickAsync("form[data-act=mark] button");
        await Assertions.Expect(result).ToHaveTextAsync("Done.");
        await Assertions.Expect(supervisor.Locator("#transcript")).ToContainTextAsync("seen", new() { Timeout = 20_000 });

        await supervisor.FillAsync("#act-say", "Your colleague is on her way.");
        await supervisor.CheckAsync("form[data-act=say] input[type=checkbox]");
        await supervisor.ClickAsync("form[data-act=say] button");
        await Assertions.Expect(caller.Locator("#transcript")).ToContainTextAsync("Your colleague is on her way.", new() { Timeout = 20_000 });

        await supervisor.ClickAsync("[data-act=hold]");
        await Assertions.Expect(supervisor.Locator("#part-head")).ToContainTextAsync("hold", new() { Timeout = 20_000, IgnoreCase = true });
        await supervisor.ClickAsync("[data-act=resume]");
        await Assertions.Expect(supervisor.Locator("#part-head")).Not.ToContainTextAsync("hold", new() { Timeout = 20_000, IgnoreCase = true });

        // A human's phone, which rings.
        using var human = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        string target = $"sip:200@{human.Client.LocalEndPoint}";
        await supervisor.FillAsync("#act-transfer", target);
        await supervisor.ClickAsync("form[data-act=transfer] button");
        UdpReceiveResult invite = await human.ReceiveAsync(patience.Token);
        Assert.StartsWith($"INVITE {target} ", Encoding.ASCII.GetString(invite.Buffer), StringComparison.Ordinal);
        await Assertions.Expect(supervisor.Locator("#part-head")).ToContainTextAsync("Transferring", new() { Timeout = 20_000 });

        await supervisor.ClickAsync("[data-act=hang-up]");
        await supervisor.ClickAsync("[data-act=hang-up]");
        await Assertions.Expect(caller.Locator("#connection")).ToHaveTextAsync("Not connected", new() { Timeout = 20_000 });
        // The browser says so of every answer that is no success; the refused hint is one.
        Assert.DoesNotContain(errors, error => !error.Contains("409", StringComparison.Ordinal));
    }
}
