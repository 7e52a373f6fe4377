using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>We stay in the media path: from the key at second 12 on both talk through us.</summary>
public sealed class BridgedTransferTests : TransferCallTest
{
    private readonly FakeHuman _human;

    public BridgedTransferTests()
    {
        _human = Line.Add(First);
        _human.WhenCalled = human => human.Answer();
    }

    private ScriptedCall Bridged() => Call(TransferMode.Bridged).At(12, () => _human.Press('1'));

    private double HumanTime(ScriptedCall call) => call.Audio.Position / 16_000.0 - _human.Audio.Position / 16_000.0;

    [Fact]
    public async Task Both_hear_each_other_and_nobody_else()
    {
        double shift = 0;
        await using ScriptedCall call = Bridged().Noise(14, 1).At(18, () => _human.Talk(1)).HangUp(25);
        call.At(24, () => shift = HumanTime(call));
        await call.RunAsync(30);

        // The caller's words at 14 s reach the human, and nothing does before and behind them.
        bool HumanHears(double from, double to) => _human.Audio.WasAudible(TimeSpan.FromSeconds(from - shift), TimeSpan.FromSeconds(to - shift));
        bool CallerHears(double from, double to) => call.Audio.WasAudible(TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to));
        Assert.Equal((true, false), (HumanHears(14.1, 14.9), HumanHears(15.3, 24)));
        Assert.Equal((true, false, false), (CallerHears(18.1, 18.9), CallerHears(12.2, 17.9), CallerHears(19.3, 24)));
        Assert.Empty(call.Call.Transfers);
        Assert.Equal(["accepted", "bridging", "connected", "caller-hung-up"], Steps(call).SkipWhile(step => step != "accepted"));
        Assert.Equal("transferred", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.True(_human.Call.IsDisposed);
    }

    [Fact]
    public async Task The_end_of_the_humans_call_is_the_end_of_the_callers()
    {
        await using ScriptedCall call = Bridged().At(20, _human.HangUp);
        CallEnd end = await call.RunAsync(30);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
        Assert.Equal("transferred", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
        Assert.InRange(call.Audio.Position / 16_000.0, 20, 20.2);
    }

    [Fact]
    public async Task Keys_go_through_both_ways_once_and_only_where_the_sound_does_not_carry_them()
    {
        await using ScriptedCall call = Bridged().Press(14, '5').At(15, () => _human.Press('9'))
            .At(16, () => _human.Call.Signal(new CallSignal.Dtmf('4', TimeSpan.FromMilliseconds(100), DtmfSource.InBand))).HangUp(18);
        await call.RunAsync(30);
        Assert.Equal(["5"], _human.Call.SentDtmf);
        Assert.Equal(["9"], call.Call.SentDtmf);
        Assert.Equal(['5'], call.EventsOf<TimelineEvent.Dtmf>().Select(key => key.Digit));
    }

    [Fact]
    public async Task A_human_who_holds_is_not_heard_until_he_is_back()
    {
        await using ScriptedCall call = Bridged().At(14, () => _human.Hold(true)).At(14.5, () => _human.Talk(6)).At(18, () => _human.Hold(false)).HangUp(25);
        await call.RunAsync(30);
        Assert.False(call.Audio.WasAudible(TimeSpan.FromSeconds(14.6), TimeSpan.FromSeconds(17.9)));
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(18.2), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_caller_who_holds_and_comes_back_still_has_his_human()
    {
        await using ScriptedCall call = Bridged().Hold(14, true).Hold(18, false).At(19, () => _human.Talk(1)).HangUp(25);
        await call.RunAsync(30);
        Assert.True(call.Audio.WasAudible(TimeSpan.FromSeconds(19.2), TimeSpan.FromSeconds(19.8)));
        Assert.Equal("transferred", call.EventsOf<TimelineEvent.Ended>().Single().Disposition);
    }

    [Fact]
    public async Task Who_waits_because_the_other_held_before_they_were_joined_hears_music()
    {
        Music = () => new Hum();
        double shift = 0;
        await using ScriptedCall call = Bridged().Hold(11, true).Hold(16, false).HangUp(20);
        call.At(15, () => shift = HumanTime(call));
        await call.RunAsync(30);
        bool HumanHears(double from, double to) => _human.Audio.WasAudible(TimeSpan.FromSeconds(from - shift), TimeSpan.FromSeconds(to - shift));
        Assert.Equal((true, false), (HumanHears(12.5, 15.5), HumanHears(16.5, 19.5)));
    }

    [Fact]
    public async Task A_recording_goes_on_with_both_sides()
    {
        var recorder = new Recorder();
        Recording = recorder;
        await using ScriptedCall call = Bridged().Noise(14, 1).At(18, () => _human.Talk(1)).HangUp(21);
        await call.RunAsync(30);
        Assert.Equal(21 * 50, recorder.Frames);
        Assert.True(recorder.Caller[14 * 50 + 25]);
        Assert.False(recorder.Agent[14 * 50 + 25]);
        Assert.True(recorder.Agent[18 * 50 + 25]);
        Assert.False(recorder.Caller[18 * 50 + 25]);
    }

    private sealed class Hum : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Fill(500);
            return true;
        }
    }

    /// <summary>Which frames had sound.</summary>
    private sealed class Recorder : ICallRecorder
    {
        public List<bool> Caller { get; } = [];

        public List<bool> Agent { get; } = [];

        public int Frames => Caller.Count;

        public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
        {
            Caller.Add(caller.ContainsAnyExcept((short)0));
            Agent.Add(agent.ContainsAnyExcept((short)0));
        }
    }
}
