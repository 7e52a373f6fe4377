using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Providers;

public sealed class RecognizerChainTests
{
    private const int Frames = 50;

    private readonly ChainRig _rig = new();
    private readonly FakeRecognizer _heardByFirst = new();
    private readonly FakeRecognizer _heardBySecond = new();
    private readonly FaultyRecognizer _first;
    private readonly FaultyRecognizer _second;
    private readonly List<RecognitionResult> _results = [];

    public RecognizerChainTests()
    {
        _heardByFirst.Add(Words("where is my order"));
        _heardBySecond.Add(Words("where is my border"));
        (_first, _second) = (new FaultyRecognizer(_heardByFirst, "first"), new FaultyRecognizer(_heardBySecond, "second"));
    }

    [Fact]
    public void TheFirstHears()
    {
        IRecognitionStream stream = Hear(Chain());
        stream.Finish();
        Assert.Equal("where is my order", Final().Text);
        Assert.Equal(["first"], _rig.Used);
        Assert.Equal(0, _second.Opened);
    }

    [Theory]
    [InlineData(RecognizerFault.FailsInTheMiddle)]
    [InlineData(RecognizerFault.Throws)]
    public void WhoFailsInTheMiddleIsFollowedWithTheSameAudio(RecognizerFault fault)
    {
        _first.Fault = fault;
        IRecognitionStream stream = Hear(Chain());
        Assert.Contains(Results, r => !r.IsFinal && r.Text == "where is my border"); // interims go on
        stream.Probe();
        stream.Finish();
        Assert.Equal("where is my border", Final().Text);
        Assert.Contains(Results, r => r.IsProbe);
        Assert.Equal(Frames, _second.Frames);
        Assert.Equal([("first", "second")], _rig.Failures);
        Assert.Equal(TimeSpan.Zero, _rig.Reported.OfType<TimelineEvent.ProviderFailed>().Single().Lost);
    }

    [Fact]
    public async Task WhoFailsAtTheEndIsFollowedAtOnce()
    {
        _first.Fault = RecognizerFault.FailsAtTheEnd;
        Hear(Chain()).Finish();
        await ChainRig.UntilAsync(HasFinal);
        Assert.Equal("where is my border", Final().Text);
        Assert.Equal(["second"], _rig.Used);
    }

    [Fact]
    public async Task AFinalThatIsLateIsTheNextOnes()
    {
        _first.Fault = RecognizerFault.NoFinal;
        Hear(Chain()).Finish();
        _rig.Time.Advance(ChainRig.Options.Final - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _second.Opened);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        await ChainRig.UntilAsync(HasFinal);
        Assert.Equal("where is my border", Final().Text);
        Assert.Equal(ChainRig.Options.Final, _rig.Reported.OfType<TimelineEvent.ProviderFailed>().Single().Lost);
    }

    [Fact]
    public async Task OneOnThisMachineIsAskedEarlyAndItsAnswerWaitsForTheLimit()
    {
        _first.Fault = RecognizerFault.NoFinal;
        Hear(Chain(secondIsLocal: true)).Finish();
        _rig.Time.Advance(ChainRig.Options.Final / 2);
        await ChainRig.UntilAsync(() => _second.Frames == Frames);
        Assert.False(HasFinal());
        await ChainRig.UntilAsync(() =>
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            return HasFinal();
        });
        Assert.Equal("where is my border", Final().Text);
        Assert.Equal([("first", "second")], _rig.Failures);
    }

    [Fact]
    public async Task ThePreferredOneWinsWithinItsTime()
    {
        _first.Fault = RecognizerFault.NoFinal;
        Hear(Chain(secondIsLocal: true)).Finish();
        _rig.Time.Advance(ChainRig.Options.Final / 2);
        await ChainRig.UntilAsync(() => _second.Frames == Frames);
        _first.AnswerLate();
        Assert.Equal("where is my order", Final().Text);
        Assert.Empty(_rig.Failures);
        await ChainRig.UntilAsync(() => _first.OpenStreams + _second.OpenStreams == 0);
    }

    [Fact]
    public async Task ALateAnswerIsBetterThanNone()
    {
        (_first.Fault, _second.Fault) = (RecognizerFault.NoFinal, RecognizerFault.NoFinal);
        Hear(Chain()).Finish();
        _rig.Time.Advance(ChainRig.Options.Final);
        await ChainRig.UntilAsync(() => _second.Held == 1);
        _first.AnswerLate();
        Assert.Equal("where is my order", Final().Text);
        _second.AnswerLate(); // nobody hears it
        Assert.Single(Results, r => r.IsFinal);
    }

    [Fact]
    public async Task WhenAllFailTheFinalSaysSo()
    {
        (_first.Fault, _second.Fault) = (RecognizerFault.FailsInTheMiddle, RecognizerFault.FailsAtTheEnd);
        Hear(Chain()).Finish();
        await ChainRig.UntilAsync(HasFinal);
        Assert.Equal(RecognitionOutcome.Failed, Final().Outcome);
        Assert.Equal("All of first, second failed: first broke; second broke", Final().Error);
        Assert.Equal([("first", "second"), ("second", null)], _rig.Failures);
    }

    [Fact]
    public async Task TheLastHasNoLimitAlsoWhenTheOneBeforeHadOne()
    {
        (_first.Fault, _second.Fault) = (RecognizerFault.FailsAtTheEnd, RecognizerFault.NoFinal);
        Hear(Chain()).Finish();
        await ChainRig.UntilAsync(() => _second.Held == 1);
        _rig.Time.Advance(ChainRig.Options.Final * 3);
        Assert.Equal([("first", "second")], _rig.Failures);
        _second.AnswerLate();
        Assert.Equal("where is my border", Final().Text);
    }

    [Fact]
    public void AloneItHasNoLimit()
    {
        _first.Fault = RecognizerFault.NoFinal;
        var chain = new RecognizerChain([_rig.Member("first", (ISpeechRecognizer)_first)], ChainRig.Options, _rig.Time);
        Hear(chain).Finish();
        _rig.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_rig.Failures);
        _first.AnswerLate();
        Assert.Equal("where is my order", Final().Text);
    }

    [Fact]
    public async Task AfterDisposeNothingIsSaidAndNobodyIsKept()
    {
        _first.Fault = RecognizerFault.NoFinal;
        IRecognitionStream stream = Hear(Chain());
        stream.Finish();
        int before = Results.Count;
        stream.Dispose();
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        _first.AnswerLate();
        Assert.Equal(before, Results.Count);
        await ChainRig.UntilAsync(() => _first.OpenStreams + _second.OpenStreams == 0);
        Assert.Equal(0, _rig.Time.PendingTimers);
    }

    [Fact]
    public void WhoIsLeftOutIsNotAsked()
    {
        RecognizerChain chain = Chain();
        chain.Members[0].Circuit.LeaveOut(ChainRig.Unreachable("first"));
        Hear(chain).Finish();
        Assert.Equal("where is my border", Final().Text);
        Assert.Equal(0, _first.Opened);
    }

    [Fact]
    public void OneThatNeedsAnExpectationMakesTheChainNeedIt()
    {
        Assert.False(Chain().NeedsExpectation);
        _second.NeedsExpectation = true;
        Assert.True(Chain().NeedsExpectation);
    }

    [Fact]
    public async Task AHundredAtOnceEachGetOneFinal()
    {
        _first.Fault = RecognizerFault.FailsAtTheEnd;
        RecognizerChain chain = Chain(secondIsLocal: true);
        var finals = new int[100];
        await Task.WhenAll(Enumerable.Range(0, finals.Length).Select(i => Task.Run(() =>
        {
            using IRecognitionStream stream = chain.Open(new RecognitionRequest(Expectation.Nothing), r => Interlocked.Add(ref finals[i], r.IsFinal ? 1 : 0));
            Push(stream);
            stream.Finish();
            SpinWait.SpinUntil(() => Volatile.Read(ref finals[i]) > 0, TimeSpan.FromSeconds(30));
        })));
        Assert.All(finals, count => Assert.Equal(1, count));
    }

    private RecognizerChain Chain(bool secondIsLocal = false) =>
        new([_rig.Member("first", (ISpeechRecognizer)_first), _rig.Member("second", (ISpeechRecognizer)_second, secondIsLocal)], ChainRig.Options, _rig.Time);

    private IRecognitionStream Hear(RecognizerChain chain)
    {
        IRecognitionStream stream = chain.Open(new RecognitionRequest(Expectation.Nothing) { Report = _rig.Report }, result =>
        {
            lock (_results)
                _results.Add(result);
        });
        Push(stream);
        return stream;
    }

    private static void Push(IRecognitionStream stream)
    {
        short[] frame = new short[AudioFormat.FrameSamples];
        frame[^1] = ScriptedAudio.Base;
        for (int i = 0; i < Frames; i++)
            stream.Push(frame);
    }

    private List<RecognitionResult> Results
    {
        get
        {
            lock (_results)
                return [.. _results];
        }
    }

    private bool HasFinal() => Results.Exists(r => r.IsFinal);

    private RecognitionResult Final() => Assert.Single(Results, r => r.IsFinal);

    private static RecognitionResult Words(string text) => new() { IsFinal = true, Text = text, Outcome = RecognitionOutcome.Recognized, Confidence = 0.9 };
}
