using System.Text.Json;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A caller asks for a human, who has a real phone too: what each of them hears, in all modes and when nobody takes the call.</summary>
public sealed class TransferTests(ITestOutputHelper output) : IDisposable
{
    private const string CallersWords = "I have been waiting for my bicycle since the first of March.";
    private const string HumansWords = "Good morning, this is the workshop, we have just found your bicycle.";
    private const string Brief = "The caller asked for a person.";
    private const string Keys = "Press 1 to take the call, or 2 to decline.";
    private const double IsThere = 0.8, IsNot = 0.7;

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-transfer-").FullName;

    private string _callerSaid = "", _humanSaid = "";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Stereo(string who) => Path.Combine(_folder, $"{who}.wav");

    private Softphone Human(params string[] more) =>
        Softphone.Start(["answer", "--user", "human", "--stdin", "--stereo", Stereo("human"), "--timeout", "110", "--max-calls", "9", .. more]);

    private static async Task<string> AddressAsync(Softphone human) => $"sip:human@127.0.0.1:{(await human.WaitAsync("ready")).GetProperty("sip_port").GetInt32()}";

    /// <summary>A caller who has asked for a human.</summary>
    private async Task<(AgentProcess Agent, Softphone Caller, TimelineFollower Timeline)> AskAsync(string human, params string[] settings)
    {
        AgentProcess agent = await AgentProcess.StartAsync([$"agents.folder={RigAgents.WithHuman(_folder, human)}", .. settings]);
        Softphone caller = Softphone.Start("call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--stereo", Stereo("caller"), "--timeout", "110");
        await caller.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        await timeline.WaitForStateAsync("Listening");
        await caller.DoAsync("play " + await Voices.SpeakAsync(_folder, "rms", "a human please"));
        return (agent, caller, timeline);
    }

    private static Task<JsonElement> StepAsync(TimelineFollower timeline, string step, double seconds = 30) => timeline.WaitAsync($"transfer step '{step}'",
        e => e.GetProperty("event").GetString() == "transfer" && e.GetProperty("step").GetString() == step, seconds);

    /// <summary>Both say something once they are connected; then the caller hangs up.</summary>
    private async Task TalkAsync(Softphone caller, Softphone human)
    {
        _callerSaid = await SpeakAsync(caller, "rms", CallersWords);
        _humanSaid = await SpeakAsync(human, "awb", HumansWords);
        await caller.DoAsync("hangup");
        await caller.EndAsync();
        await human.DoAsync("quit");
        await human.EndAsync();
    }

    /// <summary>Until it is said and heard: a call takes its time, and no event tells the end of a word on the wire.</summary>
    private async Task<string> SpeakAsync(Softphone phone, string voice, string words)
    {
        string file = await Voices.SpeakAsync(_folder, voice, words);
        await phone.DoAsync("play " + file);
        using var spoken = new PeriodicTimer(TimeSpan.FromSeconds(RecordedCall.Resampled(file, 8000).Length / 8000.0 + 1.5));
        await spoken.WaitForNextTickAsync();
        return file;
    }

    private async Task<double> LikenessOfAgentAsync(string who, string words) => Likeness(who, words, await Voices.SpeakAsync(_folder, "slt", words));

    private double Likeness(string who, string words, string spoken)
    {
        (int rate, short[] heard) = RecordedCall.Channel(Stereo(who), 1);
        (double correlation, TimeSpan at) = Voices.Match(RecordedCall.Resampled(spoken, rate), heard, rate);
        output.WriteLine($"the {who} hears '{words}' at {at.TotalSeconds:0.0} s with a likeness of {correlation:0.00}");
        return correlation;
    }

    private void BothHeardEachOther()
    {
        Assert.True(Likeness("human", CallersWords, _callerSaid) > IsThere, "the human did not hear the caller");
        Assert.True(Likeness("caller", HumansWords, _humanSaid) > IsThere, "the caller did not hear the human");
    }

    [RigTheory]
    [InlineData("attended")]
    [InlineData("bridged")]
    public async Task The_human_hears_what_it_is_about_takes_the_call_and_both_talk(string mode)
    {
        await using Softphone human = Human();
        (AgentProcess agent, Softphone caller, TimelineFollower timeline) = await AskAsync(await AddressAsync(human), $"transfer.mode={mode}");
        await using (agent)
        await using (caller)
        {
            await human.WaitAsync("established", 30);
            await StepAsync(timeline, "brief-spoken");
            await human.DoAsync("dtmf 1");
            await StepAsync(timeline, mode == "bridged" ? "connected" : "referred");
            if (mode == "attended")
                await caller.WaitAsync("refer_followed", 20);
            Assert.Equal(mode == "attended", caller.Saw("refer_received"));
            await TalkAsync(caller, human);
            JsonElement ended = await timeline.WaitForAsync("ended");
            Assert.Equal("transferred", ended.GetProperty("disposition").GetString());
            Assert.Equal(mode == "attended" ? "transferred" : "hung-up", ended.GetProperty("cause").GetString());
        }
        Assert.True(await LikenessOfAgentAsync("human", Brief) > IsThere, "the human did not hear the brief");
        Assert.True(await LikenessOfAgentAsync("human", Keys) > IsThere, "the human did not hear which key to press");
        Assert.True(await LikenessOfAgentAsync("caller", Keys) < IsNot, "the caller heard what was for the human");
        BothHeardEachOther();
    }

    [RigFact]
    public async Task Blind_the_callers_phone_calls_the_human()
    {
        await using Softphone human = Human();
        (AgentProcess agent, Softphone caller, TimelineFollower timeline) = await AskAsync(await AddressAsync(human), "transfer.mode=blind");
        await using (agent)
        await using (caller)
        {
            await caller.WaitAsync("refer_followed", 30);
            await StepAsync(timeline, "referred");
            await TalkAsync(caller, human);
        }
        BothHeardEachOther();
    }

    public static TheoryData<string, string[], string, string> Refusals => new()
    {
        { "busy", ["--reject"], "", "busy" },
        { "silent", ["--no-answer"], "", "no-answer" },
        { "declines", [], "2", "declined" },
        { "does not press", [], "", "no-key" },
    };

    [RigTheory]
    [MemberData(nameof(Refusals))]
    public async Task A_human_who_does_not_take_the_call_leads_back_to_the_agent_who_goes_on(string who, string[] phone, string presses, string step)
    {
        await using Softphone human = Human(phone);
        (AgentProcess agent, Softphone caller, TimelineFollower timeline) = await AskAsync(await AddressAsync(human), "transfer.ring_timeout=5s", "transfer.accept_timeout=3s");
        await using (agent)
        await using (caller)
        {
            if (presses.Length > 0)
            {
                await StepAsync(timeline, "brief-spoken");
                await human.DoAsync("dtmf " + presses);
            }
            await StepAsync(timeline, step, 40);
            await GoesOnAsync(caller, timeline);
        }
        output.WriteLine($"{who}: the agent went on");
    }

    [RigFact]
    public async Task A_human_whose_phone_says_603_leads_back_to_the_agent()
    {
        await using Sipp human = await Sipp.ServeAsync("uas_reject", "-d", "200");
        (AgentProcess agent, Softphone caller, TimelineFollower timeline) = await AskAsync($"sip:603@127.0.0.1:{human.Port}");
        await using (agent)
        await using (caller)
        {
            Assert.Equal(603, (await StepAsync(timeline, "rejected")).GetProperty("statusCode").GetInt32());
            await GoesOnAsync(caller, timeline);
        }
    }

    /// <summary>The agent apologises and offers a callback; the caller does not want one and asks something else.</summary>
    private async Task GoesOnAsync(Softphone caller, TimelineFollower timeline)
    {
        await StepAsync(timeline, "returned");
        await timeline.WaitAsync("the apology", e => IsHeard(e, "nobody is free"), 20);
        await timeline.WaitForStateAsync("Listening");
        await caller.DoAsync("play " + await Voices.SpeakAsync(_folder, "rms", "no"));
        // Nobody's "no" is always clear: when the agent asks whether that was it, the caller says so.
        JsonElement next = await timeline.WaitAsync("an answer to the no", e => IsHeard(e, "else") || IsHeard(e, "did you say no"), 25);
        if (IsHeard(next, "did you say no"))
        {
            await caller.DoAsync("play " + await Voices.SpeakAsync(_folder, "rms", "yes"));
            await timeline.WaitAsync("the question whether there is anything else", e => IsHeard(e, "else"), 25);
        }
        await caller.DoAsync("hangup");
        JsonElement ended = await timeline.WaitForAsync("ended");
        Assert.Equal("caller", ended.GetProperty("by").GetString());
        Assert.False(ended.TryGetProperty("disposition", out JsonElement disposition) && disposition.ValueKind == JsonValueKind.String);
        await caller.EndAsync();
    }

    private static bool IsHeard(JsonElement e, string words) =>
        e.GetProperty("event").GetString() == "heard" && e.GetProperty("text").GetString()!.Contains(words, StringComparison.OrdinalIgnoreCase);
}
