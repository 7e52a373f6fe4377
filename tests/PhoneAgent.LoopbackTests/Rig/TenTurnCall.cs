using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The rig's call of ten turns about opening hours and orders; words are checked at both ends.</summary>
internal sealed class TenTurnCall(ITestOutputHelper output, string folder)
{
    public const string CallerVoice = "rms";

    /// <summary>What the caller says, and words of what the agent must answer (no day: "today" stands for it once a week).</summary>
    private static readonly (string Says, string Answer)[] Turns =
    [
        ("what are your opening hours", "else"),
        ("are you open on saturday", "ten in the morning to four"),
        ("where is my order", "order number"),
        ("four two zero seven one eight", "shipped"),
        ("when do you close on monday", "nine in the morning to six"),
        ("check my order", "order number"),
        ("three one zero zero four two", "workshop"),
        ("repeat that", "workshop"),
        ("are you open on sunday", "closed"),
        ("goodbye", "goodbye"),
    ];

    /// <param name="transport">udp, tcp or tls.</param>
    /// <param name="turns">How many of the ten, the goodbye included.</param>
    public async Task RunAsync(string transport, int turns = 10)
    {
        await using AgentProcess agent = await AgentProcess.StartAsync();
        await TwiceIfMisheardAsync(transport, () => TalkAsync(agent, transport, PortOf(agent, transport), [], [.. Turns[..(turns - 1)], Turns[^1]]));
    }

    /// <summary>The same call with everything on the wire written down. How fast it was answered is the median of several that end at the first word.</summary>
    public async Task<CapturedCall> CaptureAsync(string transport, params string[] settings)
    {
        const int openings = 9;
        await using AgentProcess agent = await AgentProcess.StartAsync(settings);
        // The first has the times of code that is compiled just then.
        await OpenAsync(agent, transport, PortOf(agent, transport), []);
        var opened = new List<CapturedCall>();
        while (opened.Count < openings)
            opened.Add(await CaptureAsync(agent, transport, (port, kept) => OpenAsync(agent, transport, port, kept)));
        CapturedCall? captured = null;
        await TwiceIfMisheardAsync(transport, async () => captured = await CaptureAsync(agent, transport, (port, kept) => TalkAsync(agent, transport, port, kept, Turns)));
        return captured! with { Answered = Median(one => one.Answered), FirstSound = Median(one => one.FirstSound) };

        TimeSpan Median(Func<CapturedCall, TimeSpan> time)
        {
            TimeSpan[] times = [.. opened.Select(time).Order()];
            output.WriteLine($"{transport} {settings[0]}: {string.Join(' ', times.Select(one => $"{one.TotalMilliseconds:0.0}"))} ms");
            return times[times.Length / 2];
        }
    }

    private async Task<CapturedCall> CaptureAsync(AgentProcess agent, string transport, Func<int, string[], Task> call)
    {
        string capture = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".pcap");
        await using SipTap? tap = transport == "udp" ? null : SipTap.Start(PortOf(agent, transport), isTls: transport == "tls");
        await call(tap?.Port ?? agent.Port, ["--pcap", capture]);
        return CapturedCall.Read(capture, tap?.Messages);
    }

    /// <summary>The caller's voice is noisy and differs every time: one call in two may have a misheard word, not both.</summary>
    private async Task TwiceIfMisheardAsync(string transport, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (MisheardException misheard)
        {
            output.WriteLine($"{transport}: {misheard.Message}; calling again");
            await call();
        }
    }

    private async Task TalkAsync(AgentProcess agent, string transport, int port, string[] kept, IEnumerable<(string Says, string Answer)> turns)
    {
        string stereo = Path.Combine(folder, "call.wav");
        int call = agent.Calls.All().Count;
        await using Softphone phone = Softphone.Start(
            ["call", "--to", $"sip:agent@127.0.0.1:{port}", "--transport", transport, "--stdin", "--stereo", stereo, "--max-call", "170", "--timeout", "180", .. kept]);
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync(call);
        foreach ((string says, string answer) in turns)
        {
            await timeline.WaitForStateAsync("Listening");
            await phone.DoAsync("play " + await Voices.SpeakAsync(folder, CallerVoice, says));
            JsonElement final = await timeline.WaitForAsync("final");
            if (final.GetProperty("text").GetString() is var heard && heard != says)
                throw new MisheardException($"'{says}' was heard as '{heard}'");
            await timeline.WaitAsync($"'{answer}' in what the caller heard", e => IsHeard(e, answer), 25);
        }
        await phone.WaitAsync("closed");
        await phone.EndAsync();
        await timeline.WaitForAsync("ended");
        await ConversationTests.CallerHeardWhatTheTimelineSaysAsync(timeline, stereo);
        ReportGaps(timeline, transport);
    }

    /// <summary>A call that ends when the agent's first word is on its way.</summary>
    private static async Task OpenAsync(AgentProcess agent, string transport, int port, string[] kept)
    {
        int call = agent.Calls.All().Count;
        await using Softphone phone = Softphone.Start(["call", "--to", $"sip:agent@127.0.0.1:{port}", "--transport", transport, "--stdin", "--timeout", "60", .. kept]);
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync(call);
        await timeline.WaitForAsync("first-packet");
        await phone.DoAsync("hangup");
        await phone.EndAsync();
        // Calls are told apart by their order in the database, which they reach a moment later.
        await timeline.WaitForAsync("ended");
    }

    private static int PortOf(AgentProcess agent, string transport) => transport == "tls" ? agent.TlsPort : agent.Port;

    internal static bool IsHeard(JsonElement e, string words) =>
        e.GetProperty("event").GetString() == "heard" && e.GetProperty("text").GetString()!.Contains(words, StringComparison.OrdinalIgnoreCase);

    private void ReportGaps(TimelineFollower timeline, string transport)
    {
        double[] gaps = [.. timeline.Of("first-packet").Where(e => e.TryGetProperty("responseGap", out _)).Select(e => 1000 * e.GetProperty("responseGap").GetDouble()).Order()];
        Assert.NotEmpty(gaps);
        output.WriteLine($"{transport}: {gaps.Length} response gaps, median {gaps[gaps.Length / 2]:0} ms, most {gaps[^1]:0} ms");
    }
}

/// <summary>The recogniser took one sentence of the caller for another.</summary>
internal sealed class MisheardException(string message) : Exception(message);
