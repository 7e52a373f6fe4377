using System.Text.Json;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A human takes the call: what each of them hears, in all modes.</summary>
public sealed class TransferTests(ITestOutputHelper output) : TransferRig
{
    private const string CallersWords = "I have been waiting for my bicycle since the first of March.";
    private const string HumansWords = "Good morning, this is the workshop, we have just found your bicycle.";
    private const string Brief = "The caller asked for a person.";
    private const string Keys = "Press 1 to take the call, or 2 to decline.";
    private const double IsThere = 0.8, IsNot = 0.7;

    private string _callerSaid = "", _humanSaid = "";

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
        string file = await Voices.SpeakAsync(Folder, voice, words);
        await phone.DoAsync("play " + file);
        using var spoken = new PeriodicTimer(TimeSpan.FromSeconds(RecordedCall.Resampled(file, 8000).Length / 8000.0 + 1.5));
        await spoken.WaitForNextTickAsync();
        return file;
    }

    private async Task<double> LikenessOfAgentAsync(string who, string words) => Likeness(who, words, await Voices.SpeakAsync(Folder, "slt", words));

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
}
