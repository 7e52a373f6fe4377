using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>What a caller hears while a human is asked, and what the human does not.</summary>
public sealed class WaitingCallerTests : TransferCallTest
{
    private const short Note = 1234;

    public WaitingCallerTests() => Music = () => new OneNote();

    private static bool HearsMusic(ScriptedAudio audio, double from, double to) => audio.Sent
        .Skip((int)(from * AudioFormat.SampleRate)).Take((int)((to - from) * AudioFormat.SampleRate)).Any(sample => sample == Note);

    [Fact]
    public async Task He_hears_the_music_from_the_announcement_until_the_agent_is_back()
    {
        FakeHuman human = Line.Add(First);
        await using ScriptedCall call = Call().At(6, human.Ring).At(8, () => human.Refuse(CallEndCause.Busy, 486));
        await AssertBackAsync(call, at: 15);
        double announced = call.EventsOf<TimelineEvent.Transfer>().First().At.TotalSeconds;
        Assert.Equal((false, true, false), (HearsMusic(call.Audio, 0, announced), HearsMusic(call.Audio, 7.8, 8), HearsMusic(call.Audio, 8.1, 20)));
    }

    [Fact]
    public async Task He_hears_it_until_he_is_bridged_and_the_human_only_the_brief()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        await using ScriptedCall call = Call(TransferMode.Bridged).At(12, () => human.Press('1')).HangUp(16);
        await call.RunAsync(20);
        Assert.Equal((true, false), (HearsMusic(call.Audio, 11, 12), HearsMusic(call.Audio, 12.1, 16)));
        Assert.False(HearsMusic(human.Audio, 0, 16));
    }

    [Fact]
    public async Task Who_is_held_in_a_bridge_hears_it_too()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        await using ScriptedCall call = Call(TransferMode.Bridged).At(12, () => human.Press('1')).At(14, () => human.Hold(true)).At(17, () => human.Hold(false)).HangUp(20);
        await call.RunAsync(22);
        Assert.Equal((true, false), (HearsMusic(call.Audio, 15, 16), HearsMusic(call.Audio, 17.2, 20)));
    }

    [Fact]
    public async Task A_brief_that_cannot_be_written_costs_its_words_and_not_the_transfer()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        Brief = (_, _, _) => throw new InvalidOperationException("the disk is full");
        await using ScriptedCall call = Call().At(20, () => human.Press('1'));
        Assert.Equal(CallEndCause.Transferred, (await call.RunAsync(25)).Cause);
        Assert.Equal("the disk is full", call.EventsOf<TimelineEvent.Failure>().Single().What);
        Assert.Contains("The caller asked for a person.", call.Synthesizer.Requests);
    }

    [Fact]
    public async Task What_is_written_for_the_human_is_spoken_to_him_and_goes_along()
    {
        FakeHuman human = Line.Add(First);
        human.WhenCalled = h => h.Answer();
        Brief = (source, _, _) => Task.FromResult(new WrittenBrief($"{source.Reason}, in short.", new Dictionary<string, string> { ["X-Brief"] = "here" }));
        await using ScriptedCall call = Call().At(15, () => human.Press('1'));
        await call.RunAsync(20);
        Assert.Contains("the caller asked for a person, in short.", call.Synthesizer.Requests);
        Assert.Contains("Press 1 to take the call, or 2 to decline.", call.Synthesizer.Requests);
        Assert.Equal("here", Assert.Single(human.Requests).Headers["X-Brief"]);
        Assert.Equal("here", Assert.Single(call.Call.Transfers).Headers["X-Brief"]);
    }

    private sealed class OneNote : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Fill(Note);
            return true;
        }
    }
}
