using Microsoft.Playwright;
using PhoneAgent.LoopbackTests.Rig;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>A supervisor sends somebody who calls from a browser to a human with a telephone, and both hear each other.</summary>
public sealed class BrowserTransferTests
{
    private const double Voiced = 300; // RMS, about -41 dBFS

    [RequiresChromiumFact(Softphone = true, Speech = true)]
    public async Task AHumanTakesTheCallOfABrowser()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-human-").FullName, heard = Path.Combine(folder, "heard.wav");
        string words = await CallerSpeech.WriteAsync(folder, TimeSpan.FromSeconds(8), (TimeSpan.FromSeconds(0.5), "good morning this is the workshop we have just found your bicycle"));
        await using Softphone human = Softphone.Start("answer", "--user", "human", "--stdin", "--stereo", heard, "--timeout", "110");
        int port = (await human.WaitAsync("ready")).GetProperty("sip_port").GetInt32();
        await using ServerProcess server = await ServerProcess.StartAsync("transfer.accept_timeout=30s");
        await using Browser browser = await Browser.StartAsync();
        var errors = new List<string>();
        IPage caller = await browser.OpenAsync(new Uri(server.Address, "/talk"), errors);
        await caller.ClickAsync("#call");
        await Assertions.Expect(caller.Locator("#connection")).ToHaveTextAsync("Connected", new() { Timeout = 20_000 });
        await caller.EvaluateAsync(Loudness.OfTalkPage);

        IPage supervisor = await browser.OpenAsync(server.Address, errors);
        await supervisor.Locator(".caller-link").First.ClickAsync(new() { Timeout = 20_000 });
        await supervisor.FillAsync("#act-transfer", $"sip:human@127.0.0.1:{port}");
        await supervisor.ClickAsync("form[data-act=transfer] button");
        await human.WaitAsync("established", 30);
        ILocator happened = supervisor.Locator("#transcript");
        await Assertions.Expect(happened).ToContainTextAsync("brief", new() { Timeout = 40_000, IgnoreCase = true });
        await human.DoAsync("dtmf 1");
        await Assertions.Expect(happened).ToContainTextAsync("connected", new() { Timeout = 20_000, IgnoreCase = true });

        await caller.EvaluateAsync(Loudness.Reset);
        await human.DoAsync("play " + words);
        await caller.UntilAsync(Loudness.IsHeard, "the caller hears the human");
        await caller.ClickAsync("#hang-up");
        await Assertions.Expect(caller.Locator("#connection")).ToHaveTextAsync("Not connected", new() { Timeout = 20_000 });
        await human.EndAsync(); // after its one call
        // The browser's made-up microphone beeps; the agent has long been silent by then.
        (int rate, short[] samples) = RecordedCall.Channel(heard, 1);
        Assert.True(Loudest(samples.AsSpan(Math.Max(0, samples.Length - (4 * rate))), rate) > Voiced, "the human did not hear the caller");
        Assert.Empty(errors);
        Directory.Delete(folder, recursive: true);
    }

    private static double Loudest(ReadOnlySpan<short> samples, int rate)
    {
        double loudest = 0;
        int step = rate / 50;
        for (int at = 0; at + step <= samples.Length; at += step)
        {
            double power = 0;
            foreach (short sample in samples.Slice(at, step))
                power += (double)sample * sample;
            loudest = Math.Max(loudest, Math.Sqrt(power / step));
        }
        return loudest;
    }
}
