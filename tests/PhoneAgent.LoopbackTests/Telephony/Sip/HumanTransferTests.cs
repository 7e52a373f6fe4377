using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Sip;

/// <summary>A whole call with the transfer to a human between three lines of ours, over real sockets with real sound.</summary>
public sealed class HumanTransferTests : IDisposable
{
    private const short Loud = 14_000; // far above the agent's voice, which is a tone of 5,000
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly RtpCallMediaFactory _media = new(new RtpOptions { FirstPort = 0, LastPort = 0 }, NullLogger<RtpCallMediaFactory>.Instance);
    private readonly CancellationTokenSource _patience = new(Patience);

    public void Dispose()
    {
        _media.Dispose();
        _patience.Dispose();
    }

    [Fact]
    public async Task A_phone_that_follows_REFER_takes_the_consultation_over()
    {
        await using Scene scene = await Scene.OpenAsync(_media, followsRefer: true, _patience.Token);
        await scene.Human.SendDtmfAsync("1", _patience.Token);

        Assert.Equal(CallEndCause.Transferred, (await scene.Session).Cause);
        // The BYE of the consultation that was taken over may come before the NOTIFY that says so.
        Assert.Equal(["announced", "dialling", "answered", "accepted", "referred"], scene.Steps.Where(step => step is not ("ringing" or "hung-up")));
        await scene.HeardEachOtherAsync(_patience.Token);
        await scene.Customer.HangUpAsync(_patience.Token);
        Assert.Equal(EndedBy.Caller, (await scene.Human.EndAsync(_patience.Token)).By);
    }

    [Fact]
    public async Task A_phone_that_refuses_REFER_is_bridged_and_the_end_of_one_is_the_end_of_both()
    {
        await using Scene scene = await Scene.OpenAsync(_media, followsRefer: false, _patience.Token);
        await scene.Human.SendDtmfAsync("1", _patience.Token);
        await scene.HeardEachOtherAsync(_patience.Token);
        await scene.Human.HangUpAsync(_patience.Token);

        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), ((await scene.Session).Cause, (await scene.Session).By));
        Assert.Equal(["accepted", "refer-refused", "connected", "hung-up"], scene.Steps.SkipWhile(step => step != "accepted"));
        Assert.Equal(EndedBy.Caller, (await scene.Customer.EndAsync(_patience.Token)).By);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_while_the_human_listens_ends_the_humans_call()
    {
        await using Scene scene = await Scene.OpenAsync(_media, followsRefer: true, _patience.Token);
        await scene.Customer.HangUpAsync(_patience.Token);
        Assert.Equal(EndedBy.Caller, (await scene.Session).By);
        Assert.Equal(EndedBy.Caller, (await scene.Human.EndAsync(_patience.Token)).By);
        Assert.Equal("caller-hung-up", scene.Steps.Last());
    }

    /// <summary>A customer who has been told that a human is asked, and the human who has just answered.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly List<IAsyncDisposable> _all = [];
        private readonly Voice _customerEar = new(), _humanEar = new();
        private CallSession _session = null!;

        public ICall Customer { get; private set; } = null!;

        public ICall Human { get; private set; } = null!;

        public Task<CallEnd> Session { get; private set; } = null!;

        public IEnumerable<string> Steps => _session.Timeline.Snapshot().OfType<TimelineEvent.Transfer>().Select(e => e.Step);

        public static async Task<Scene> OpenAsync(ICallMediaFactory media, bool followsRefer, CancellationToken cancellationToken)
        {
            var scene = new Scene();
            TestLine agent = scene.Owned(await TestLine.StartAsync(media: media)), human = scene.Owned(await TestLine.StartAsync(media: media));
            TestLine customer = scene.Owned(await TestLine.StartAsync(options => options with { Transfer = new() { AcceptRefer = followsRefer } }, media));
            Task<PlaceCallResult> placing = customer.Line.PlaceAsync(new PlaceCallRequest(agent.Uri("agent")), cancellationToken);
            ICall call = scene.Owned(await agent.AnswerNextAsync(cancellationToken));
            scene.Customer = scene.Owned((await placing).Call!);
            scene.Customer.Audio.Start(scene._customerEar);

            var dialogue = new FakeDialogue(turn => turn is DialogueTurn.CallStarted
                ? [new DialogueAction.Say("One moment."), new DialogueAction.Transfer(human.Uri("human"), "asked")]
                : [new DialogueAction.Listen(Expectation.Nothing)]);
            var engines = new CallEngines(new FakeVoiceDetector(), new FakeRecognizer(), new FakeSynthesizer());
            scene._session = new CallSession(call, dialogue, engines, new CallSessionOptions(), recorder: null, NullLogger<CallSession>.Instance)
            {
                Transfers = new TransferSetup { Line = agent.Line },
            };
            scene.Session = scene._session.RunAsync(cancellationToken);
            scene.Human = scene.Owned(await human.AnswerNextAsync(cancellationToken));
            scene.Human.Audio.Start(scene._humanEar);
            return scene;
        }

        /// <summary>Both talk from here on; each hears it once they are connected.</summary>
        public Task HeardEachOtherAsync(CancellationToken cancellationToken)
        {
            (_customerEar.Talks, _humanEar.Talks) = (true, true);
            return Task.WhenAll(_customerEar.Heard, _humanEar.Heard).WaitAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            for (int i = _all.Count - 1; i >= 0; i--)
                await _all[i].DisposeAsync();
            await ((Task)Session).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _session.Dispose();
        }

        private T Owned<T>(T part) where T : IAsyncDisposable
        {
            _all.Add(part);
            return part;
        }
    }

    /// <summary>Says one loud tone, and hears when somebody else does.</summary>
    private sealed class Voice : IAudioPeer
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private volatile bool _talks;

        public Task Heard => _heard.Task;

        public bool Talks
        {
            get => _talks;
            set => _talks = value;
        }

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            if (received.ContainsAnyExceptInRange((short)(-Loud / 2), (short)(Loud / 2)))
                _heard.TrySetResult();
            for (int i = 0; i < toSend.Length; i++)
                toSend[i] = !_talks ? (short)0 : i / 16 % 2 == 0 ? Loud : (short)-Loud;
            return _talks;
        }
    }
}
