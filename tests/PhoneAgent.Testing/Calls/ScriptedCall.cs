using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Testing.Calls;

/// <summary>
/// A call test: a script of what the caller does with timestamps, run in virtual time as fast as it goes against a real
/// <see cref="CallSession"/> with fake engines.
/// </summary>
public sealed class ScriptedCall : IAsyncDisposable
{
    private readonly SortedList<long, List<Action>> _script = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task<SupervisorResult>> _results = [];
    private readonly FakePhoneLine? _line;
    private Task<CallEnd>? _run;

    /// <param name="engines">Other engines than the fakes, which they may be made of.</param>
    /// <param name="hearsTone">The callers' tones are heard by <see cref="Classifier"/>.</param>
    /// <param name="dialogue">Another dialogue than <see cref="Dialogue"/>; <paramref name="respond"/> is not asked then.</param>
    public ScriptedCall(
        Func<DialogueTurn, IEnumerable<DialogueAction>> respond, CallSessionOptions? options = null, TimeProvider? time = null, EscalationOptions? escalation = null,
        Func<ScriptedCall, CallEngines>? engines = null, IDialogue? dialogue = null, IReadOnlyDictionary<string, MoodManner>? moods = null, bool hearsTone = false,
        TransferSetup? transfers = null, ICallRecorder? recorder = null, CallDirection direction = CallDirection.Inbound)
    {
        Dialogue = new FakeDialogue(respond);
        Call = new FakeCall(Audio, direction);
        _line = transfers?.Line as FakePhoneLine;
        CallEngines used = engines?.Invoke(this) ?? new CallEngines(VoiceDetector, Recognizer, Synthesizer)
        {
            Time = time ?? TimeProvider.System,
            Tone = hearsTone ? new ToneHearing(Classifier) : null,
        };
        Session = new CallSession(Call, dialogue ?? Dialogue, used, options ?? new CallSessionOptions(), recorder, NullLogger<CallSession>.Instance)
        {
            Escalation = escalation,
            Transfers = transfers ?? new TransferSetup(),
            Sound = new AgentSound { Moods = moods ?? new Dictionary<string, MoodManner>() },
        };
    }

    public ScriptedAudio Audio { get; } = new();
    public FakeCall Call { get; }
    public FakeDialogue Dialogue { get; }
    public FakeVoiceDetector VoiceDetector { get; } = new();
    public FakeRecognizer Recognizer { get; } = new();
    public FakeEmotionClassifier Classifier { get; } = new();
    public FakeSynthesizer Synthesizer { get; } = new();
    public CallSession Session { get; }

    /// <summary>
    /// Time goes on although an engine or the dialogue has not answered: for slow and hanging ones. All others are still
    /// waited for, so that a call is the same in every run.
    /// </summary>
    public bool DoesNotWait { get; set; }

    /// <summary>Goes with media time, 20 ms a frame, for engines that have limits of their own.</summary>
    public VirtualTime? Clock { get; set; }

    /// <summary>
    /// With <see cref="Clock"/>: an engine waits for something that only time will end, so time goes on although its work, and
    /// nothing else, is under way. Must turn false on the thread that ends it.
    /// </summary>
    public Func<bool>? IsStalled { get; set; }

    /// <summary>Before each frame: a caller who reacts to what he hears.</summary>
    public Action? EachFrame { get; set; }

    public IReadOnlyList<TimelineEvent> Events => Session.Timeline.Snapshot();

    public IEnumerable<T> EventsOf<T>() where T : TimelineEvent => Events.OfType<T>();

    /// <summary>The states in order, without repetitions.</summary>
    public IEnumerable<string> States => EventsOf<TimelineEvent.TurnState>().Where(state => state.From != state.To).Select(state => state.To);

    /// <summary>The caller says something the recogniser understands.</summary>
    /// <param name="tone">How he sounds, one of <see cref="EmotionLabels"/>; null: "unknown". Needs a call that hears tones.</param>
    public ScriptedCall Say(double at, string text, double seconds = 1, bool complete = true, double confidence = 0.95, string? tone = null, double toneConfidence = 0.9)
    {
        short value = Recognizer.Add(new RecognitionResult
        {
            IsFinal = true,
            Text = text,
            Outcome = RecognitionOutcome.Recognized,
            IsCompleteAnswer = complete,
            Confidence = confidence,
        });
        if (tone is not null)
            Classifier.Add(value, FakeEmotionClassifier.Sure(tone, toneConfidence));
        Audio.Add(TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(seconds), value);
        return this;
    }

    /// <summary>The caller says something the recogniser rejects or cannot make out.</summary>
    public ScriptedCall Mumble(double at, double seconds = 1, RecognitionOutcome outcome = RecognitionOutcome.Rejected)
    {
        short value = Recognizer.Add(new RecognitionResult { IsFinal = true, Outcome = outcome, Error = outcome == RecognitionOutcome.Failed ? "broken" : null });
        Audio.Add(TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(seconds), value);
        return this;
    }

    /// <summary>A sound that trips the voice detector and has no words.</summary>
    public ScriptedCall Noise(double at, double seconds)
    {
        Audio.Add(TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(seconds), ScriptedAudio.Noise);
        return this;
    }

    public ScriptedCall Press(double at, char digit) => At(at, () => Call.Signal(new CallSignal.Dtmf(digit, TimeSpan.FromMilliseconds(100), DtmfSource.Rtp)));

    public ScriptedCall Hold(double at, bool held) => At(at, () => Call.Signal(held ? new CallSignal.Held() : new CallSignal.Resumed()));

    public ScriptedCall HangUp(double at) => At(at, () => Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller)));

    /// <summary>A supervisor acts; what became of it is in <see cref="Results"/>.</summary>
    public ScriptedCall Act(double at, SupervisorAction action, string user = "Ada") => At(at, () => _results.Add(Session.Supervision.ActAsync(action, user)));

    /// <summary>What became of the supervisors' actions, in order; all are answered when the call is over.</summary>
    public IReadOnlyList<SupervisorResult> Results => [.. _results.Select(result => result.Result)];

    public ScriptedCall At(double at, Action action)
    {
        long position = AudioFormat.ToSamples(TimeSpan.FromSeconds(at));
        if (!_script.TryGetValue(position, out List<Action>? actions))
            _script.Add(position, actions = []);
        actions.Add(action);
        return this;
    }

    /// <summary>Runs until the call has ended, at the latest until the given second; then the caller hangs up.</summary>
    public async Task<CallEnd> RunAsync(double until)
    {
        _run = Session.RunAsync(_stop.Token);
        await Settle();
        long end = AudioFormat.ToSamples(TimeSpan.FromSeconds(until));
        while (Audio.Position < end && !_run.IsCompleted)
        {
            EachFrame?.Invoke();
            while (_script.Count > 0 && _script.Keys[0] <= Audio.Position)
            {
                foreach (Action action in _script.Values[0])
                    action();
                _script.RemoveAt(0);
            }
            Clock?.Advance(AudioFormat.ToTime(AudioFormat.FrameSamples));
            await Settle();
            Audio.Tick();
            foreach (FakeHuman human in OnTheLine)
                human.Audio.Tick();
            await Settle();
        }
        Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        return await _run;
    }

    public async ValueTask DisposeAsync()
    {
        Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        if (_run is not null)
            await _run;
        Session.Dispose();
        _stop.Dispose();
    }

    private IEnumerable<FakeHuman> OnTheLine => _line?.Humans.Where(human => human is { IsOnTheLine: true, Call.IsDisposed: false }) ?? [];

    private int Hanging => Recognizer.HeldFinals + Classifier.Held + Dialogue.Waiting + Synthesizer.Hanging + Call.Waiting;

    private static async Task PauseAsync()
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        await tick.WaitForNextTickAsync();
    }

    /// <summary>Until signals are through the pump and nothing is under way.</summary>
    private async Task Settle()
    {
        while ((Call.Signals.Count > 0 || OnTheLine.Any(human => human.Call.Signals.Count > 0)) && !_run!.IsCompleted)
            await Task.Yield();
        if (DoesNotWait)
        {
            // What hangs in ways that the fakes do not know of is not waited for for ever; but what only waits for a processor,
            // on a busy machine, is given the time.
            for (int i = 1; i < 5000 && Session.UnderWay > Hanging && !_run!.IsCompleted; i++)
            {
                if (i % 1000 == 0)
                    await PauseAsync();
                else
                    await Task.Yield();
            }
            return;
        }
        if (IsStalled is null)
        {
            if (!_run!.IsCompleted)
                await Task.WhenAny(_run, Session.WhenIdleAsync(CancellationToken.None));
            return;
        }
        using var enough = new CancellationTokenSource();
        Task idle = Session.WhenIdleAsync(enough.Token);
        while (!idle.IsCompleted && !_run!.IsCompleted && !(Session.UnderWay <= 1 && IsStalled()))
            await Task.Yield();
        await enough.CancelAsync();
        await idle.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
