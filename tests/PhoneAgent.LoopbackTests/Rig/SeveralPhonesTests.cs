using System.Text.Json;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>More than one softphone: calls at the same time, and a second SIP stack and media engine.</summary>
public sealed class SeveralPhonesTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-phones-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Softphone Phone(AgentProcess agent, string user) => Softphone.Start(
        "call", "--to", $"sip:{user}@127.0.0.1:{agent.Port}", "--stdin", "--stereo", Path.Combine(_folder, $"{user}.wav"), "--timeout", "90");

    private async Task SayAsync(Softphone phone, string words) => await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, "rms", words));

    [RigFact]
    public async Task Two_calls_at_once_and_one_that_breaks_off_in_a_word_do_not_harm_each_other()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync();
        await using Softphone first = Phone(agent, "first"), second = Phone(agent, "second"), rude = Phone(agent, "rude");
        foreach (Softphone phone in new[] { first, second, rude })
            await phone.WaitAsync("established");
        TimelineFollower firstCall = await agent.FollowAsync("first"), secondCall = await agent.FollowAsync("second"), rudeCall = await agent.FollowAsync("rude");
        foreach (TimelineFollower call in new[] { firstCall, secondCall, rudeCall })
            await call.WaitForStateAsync("Listening");

        // All three speak at the same time; one hangs up in the middle of it.
        await SayAsync(first, "what are your opening hours");
        await SayAsync(second, "are you open on sunday");
        await SayAsync(rude, "when do you close on monday");
        await rudeCall.WaitForAsync("speech-started");
        await rude.DoAsync("hangup");

        await HeardAsync(firstCall, "what are your opening hours", "else");
        await HeardAsync(secondCall, "are you open on sunday", "closed");
        JsonElement brokenOff = await rudeCall.WaitForAsync("ended");
        Assert.Equal(("hung-up", "caller"), (brokenOff.GetProperty("cause").GetString(), brokenOff.GetProperty("by").GetString()));
        Assert.Empty(rudeCall.Of("final"));

        // And they go on.
        await firstCall.WaitForStateAsync("Listening");
        await SayAsync(first, "are you open on saturday");
        await HeardAsync(firstCall, "are you open on saturday", "ten in the morning");
        foreach ((Softphone phone, TimelineFollower call) in new[] { (first, firstCall), (second, secondCall) })
        {
            await phone.DoAsync("hangup");
            JsonElement ended = await call.WaitForAsync("ended");
            Assert.Equal("caller", ended.GetProperty("by").GetString());
            Assert.Empty(call.Of("failure"));
            ReportAgentsPackets(await phone.EndAsync());
        }
    }

    private static async Task HeardAsync(TimelineFollower call, string says, string answer)
    {
        JsonElement final = await call.WaitForAsync("final");
        Assert.Equal(says, final.GetProperty("text").GetString());
        await call.WaitAsync($"'{answer}' in what the caller heard",
            e => e.GetProperty("event").GetString() == "heard" && e.GetProperty("text").GetString()!.Contains(answer, StringComparison.OrdinalIgnoreCase), 25);
    }

    private void ReportAgentsPackets(JsonElement summary)
    {
        JsonElement received = summary.GetProperty("rtp").EnumerateArray().First(stream => stream.GetProperty("dir").GetString() == "rx");
        output.WriteLine(received.GetRawText());
        Assert.Equal(0, received.GetProperty("lost").GetInt32());
    }

    [RequiresFact(Command = "linphonec", Shared = "rig/linphone/linphone.sh", Library = "libflite.so.1")]
    public async Task Linphone_asks_and_is_answered()
    {
        const string question = "what are your opening hours";
        const int seconds = 16;
        string played = Path.Combine(_folder, "played.wav"), recorded = Path.Combine(_folder, "recorded.wav");
        RecordedCall.Run(await Voices.SpeakAsync(_folder, "rms", question), "-r", "8000", "-b", "16", played, "pad", "4", $"{seconds}");
        await using AgentProcess agent = await AgentProcess.StartAsync();
        await using JsonProcess phone = JsonProcess.Start(SharedData.Require("rig/linphone"), "sh", "linphone.sh", "call",
            $"sip:linphone@127.0.0.1:{agent.Port}", played, recorded, $"{seconds}");

        TimelineFollower call = await agent.FollowAsync("linphone");
        await call.WaitForAsync("call-started");
        await call.WaitForAsync("first-packet");
        await HeardAsync(call, question, "else");
        JsonElement ended = await call.WaitForAsync("ended");
        Assert.Equal(("hung-up", "caller"), (ended.GetProperty("cause").GetString(), ended.GetProperty("by").GetString()));
        Assert.InRange(ended.GetProperty("at").GetDouble(), seconds - 3, seconds + 3);
        await phone.EndAsync(20);

        // What linphone recorded is what the agent says that it said.
        short[] heard = RecordedCall.Resampled(recorded, 8000);
        foreach (string sentence in call.Of("agent-sentence").Select(e => e.GetProperty("text").GetString()!).Take(2))
        {
            (double correlation, TimeSpan at) = Voices.Match(RecordedCall.Resampled(await Voices.SpeakAsync(_folder, "slt", sentence), 8000), heard, 8000);
            output.WriteLine($"'{sentence}' at {at.TotalSeconds:0.0} s, correlation {correlation:0.00}");
            Assert.True(correlation > 0.8, $"'{sentence}' is not in what linphone recorded (best correlation {correlation:0.00})\n{phone.Text}");
        }
    }
}
