using System.Text.Json;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>Whole calls: the product in a process of its own, a real softphone, real engines, words checked at both ends.</summary>
[Collection("rig")]
public sealed class ConversationTests : IDisposable
{
    private const string CallerVoice = TenTurnCall.CallerVoice;

    private readonly ITestOutputHelper _output;
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-caller-").FullName;

    public ConversationTests(ITestOutputHelper output) => _output = output;

    [RigFact]
    public Task Ten_turns_about_opening_hours_and_orders() => new TenTurnCall(_output, _folder).RunAsync("udp");

    [RigTheory]
    [InlineData("tcp")]
    [InlineData("tls")]
    public Task A_call_whose_signalling_goes_over_a_connection(string transport) => new TenTurnCall(_output, _folder).RunAsync(transport, turns: 3);

    [RigFact]
    public async Task An_interruption_stops_the_agent_and_a_cough_does_not()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync();
        string stereo = Path.Combine(_folder, "call.wav");
        await using Softphone phone = Softphone.Start(
            "call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--stereo", stereo, "--timeout", "90");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();

        // A sneeze in the middle of the answer: it is heard to its end.
        await timeline.WaitForStateAsync("Listening");
        await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, CallerVoice, "what are your opening hours"));
        await timeline.WaitForAsync("first-packet");
        await phone.DoAsync("play " + Noise());
        JsonElement whole = await timeline.WaitForAsync("heard");
        Assert.False(whole.GetProperty("interrupted").GetBoolean(), whole.GetRawText());

        // Words in the middle of the next: it stops, and the new question is answered.
        await timeline.WaitForStateAsync("Listening");
        await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, CallerVoice, "when do you close on monday"));
        await timeline.WaitForAsync("first-packet");
        await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, CallerVoice, "are you open on sunday"));
        JsonElement confirmed = await timeline.WaitAsync("a confirmed interruption",
            e => e.GetProperty("event").GetString() == "barge-in" && e.GetProperty("step").GetString() == "confirmed", 20);
        JsonElement cut = await timeline.WaitForAsync("heard");
        Assert.True(cut.GetProperty("interrupted").GetBoolean());
        await timeline.WaitAsync("the answer about Sunday", e => TenTurnCall.IsHeard(e, "closed"), 20);
        await phone.DoAsync("hangup");
        await phone.EndAsync();

        // The capture agrees: after the onset the agent's last voiced packet comes within 300 ms.
        TimeSpan cutAfter = RecordedCall.AgentSilentAfter(stereo, TimeSpan.FromSeconds(confirmed.GetProperty("onset").GetDouble()));
        _output.WriteLine($"onset to the agent's last voiced sample on the wire: {cutAfter.TotalMilliseconds:0} ms");
        Assert.InRange(cutAfter.TotalMilliseconds, 0, 400);
    }

    [RigFact]
    public async Task Hold_keys_and_hang_up_in_the_middle_of_a_word()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync();
        await using Softphone phone = Softphone.Start("call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--timeout", "90");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        await timeline.WaitForStateAsync("Listening");

        await phone.DoAsync("hold");
        JsonElement held = await timeline.WaitForAsync("hold");
        Assert.True(held.GetProperty("isHeld").GetBoolean());
        await phone.DoAsync("resume");
        JsonElement resumed = await timeline.WaitForAsync("hold");
        Assert.False(resumed.GetProperty("isHeld").GetBoolean());

        await phone.DoAsync("dtmf 2");
        await timeline.WaitAsync("the question for the order number", e => TenTurnCall.IsHeard(e, "order number"), 20);
        await phone.DoAsync("dtmf 310042");
        await timeline.WaitAsync("the order in the workshop", e => TenTurnCall.IsHeard(e, "workshop"), 25);

        await timeline.WaitForStateAsync("Listening");
        await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, CallerVoice, "what are your opening hours"));
        await timeline.WaitForAsync("speech-started");
        await phone.DoAsync("hangup");
        JsonElement ended = await timeline.WaitForAsync("ended");
        Assert.Equal("caller", ended.GetProperty("by").GetString());
        await phone.EndAsync();
    }

    [RigFact]
    public async Task A_caller_who_asks_for_a_human_is_transferred()
    {
        await using Softphone human = Softphone.Start("answer", "--user", "human", "--timeout", "90", "--hangup-after", "3");
        int port = (await human.WaitAsync("ready")).GetProperty("sip_port").GetInt32();
        await using AgentProcess agent = await AgentProcess.StartAsync($"agents.folder={RigAgents.WithHuman(_folder, $"sip:human@127.0.0.1:{port}")}", "transfer.mode=blind");
        await using Softphone phone = Softphone.Start("call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--timeout", "90");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        await timeline.WaitForStateAsync("Listening");
        await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, CallerVoice, "a human please"));
        await phone.WaitAsync("refer_received", 30);
        await human.WaitAsync("established");
        await timeline.WaitAsync("the transfer's success",
            e => e.GetProperty("event").GetString() == "transfer" && e.GetProperty("step").GetString() == "referred", 20);
        JsonElement ended = await timeline.WaitForAsync("ended");
        Assert.Equal("transferred", ended.GetProperty("cause").GetString());
        await phone.EndAsync();
        await human.EndAsync();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Noise()
    {
        // 400 ms of a sneeze at speech level.
        string path = Path.Combine(_folder, "sneeze.wav");
        RecordedCall.Excerpt(RecordedCall.Sneeze, path, TimeSpan.FromMilliseconds(350));
        return path;
    }

    internal static async Task CallerHeardWhatTheTimelineSaysAsync(TimelineFollower timeline, string stereo)
    {
        string folder = Path.GetDirectoryName(stereo)!;
        (int rate, short[] agent) = RecordedCall.Channel(stereo, 1);
        IEnumerable<string> said = timeline.Of("agent-sentence").SelectMany(e => SentenceChunker.Split(e.GetProperty("text").GetString()!));
        foreach (string sentence in said.Distinct())
        {
            string reference = await Voices.SpeakAsync(folder, "slt", sentence);
            (double correlation, TimeSpan _) = Voices.Match(RecordedCall.Resampled(reference, rate), agent, rate);
            // Loudness curves of one short word are less alike than those of a sentence: flite's noise differs every time.
            Assert.True(correlation > (sentence.Length < 12 ? 0.75 : 0.85), $"'{sentence}' is not in what the softphone received (best correlation {correlation:0.00})");
        }
    }
}
