using PhoneAgent.Audio;
using PhoneAgent.Audio.Tones;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>
/// Turn-taking of one call: what the listening side found becomes triggers of the <see cref="TurnMachine"/>, and its
/// actions are carried out. All times are media time. Owned by the session loop.
/// </summary>
internal sealed partial class SessionTurns
{
    private readonly CallSessionOptions _options;
    private readonly TurnNotes _notes;
    /// <summary>A connection that is back within that has lost nothing.</summary>
    private static readonly TimeSpan LostPatience = TimeSpan.FromSeconds(3);

    private readonly SpeechQueue _queue;
    private readonly CallerUtterance _utterance;
    private readonly AwaitedFinal _awaitedFinal;
    private readonly ToneJoin? _tones;
    private readonly ReplyDesk _desk;
    private readonly Escalator _escalator;
    private readonly BargeInPolicy _bargeIn;
    private readonly Endpointer _endpointer;
    private readonly SpeechSegmenter _segmenter;
    private readonly EchoDetector _echo = new(TimeSpan.FromMilliseconds(120), TimeSpan.FromMilliseconds(500));
    private readonly KeyCollector _keys = new();
    private readonly TurnMachine _machine = new();
    private readonly CallInfo _call;

    private long _now;
    private RecognitionResult? _final;
    private TimeSpan _endpointAt;
    private TimeSpan _silentSince;
    private TimeSpan? _lostAt;
    private int _silentInARow;
    private int _notUnderstoodInARow;
    private (string Target, TransferResult Result)? _failedTransfer;

    public SessionTurns(
        CallInfo call, CallSessionOptions options, CallTimeline timeline, SpeechQueue queue, UtteranceLane lane, EmotionLane? tone, ReplyDesk desk, Escalator escalator, bool trustInterims)
    {
        (_call, _options, _queue, _desk) = (call, options, queue, desk);
        Language = options.Language;
        _escalator = escalator;
        _notes = new TurnNotes(timeline, () => Now);
        _bargeIn = new BargeInPolicy(options.BargeIn, trustInterims);
        _endpointer = new Endpointer(options.Endpointing);
        _segmenter = new SpeechSegmenter(options.SpeechDetection);
        _utterance = new CallerUtterance(lane, tone, _segmenter, options.SpeechDetection);
        _awaitedFinal = new AwaitedFinal(options.FinalTimeout, joins: trustInterims);
        if (options.AnswerDetection.Enabled && call.Direction == CallDirection.Outbound)
            (_screen, _lineTones) = (new AnsweringMachineDetector(options.AnswerDetection), new ToneDetector(AudioFormat.SampleRate));
        _tones = tone is null ? null : new ToneJoin(tone.Patience);
    }

    /// <summary>What only the call itself can do: transfer, hang up.</summary>
    public required Action<DialogueAction> Conclude { get; init; }

    /// <summary>What the caller speaks from the next utterance on, BCP 47.</summary>
    public string Language { get; set; }

    public TimeSpan Now => AudioFormat.ToTime(_now);

    public TurnState State => _machine.State;

    public void Start() => Fire(_screen is null ? TurnTrigger.CallAnswered : TurnTrigger.AnswerAwaited);

    public void OnFrame(long position, ReadOnlySpan<short> frame, ReadOnlySpan<short> sent)
    {
        _now = position + frame.Length;
        _echo.Add(sent, frame);
        _utterance.Add(frame);
        ListenForTones(frame);
    }

    public void OnVoice(VoiceActivity activity)
    {
        if (!_segmenter.Add(activity))
            return;
        if (State is TurnState.OnHold or TurnState.Transferring or TurnState.Ended || (AgentHasFloor && (!MayInterrupt || IsEcho)) || (_floorOf is not null && IsEcho))
        {
            _segmenter.EndSegment();
            return;
        }
        _notes.SpeechStarted(_segmenter.Onset);
        BeginSuspicion();
        Fire(TurnTrigger.SpeechStarted);
    }

    public void OnRecognition(int utterance, RecognitionResult result)
    {
        if (_tones?.Holds(utterance, result, Now) != true)
            Hear(utterance, result);
    }

    /// <param name="step">Which reading.</param>
    /// <param name="utterance">Its number.</param>
    /// <param name="reading">Null when the classifier had no place free.</param>
    public void OnTone(ToneStep step, int utterance, EmotionReading? reading)
    {
        bool isPresent = utterance == _utterance.Number;
        if (reading is not null && (isPresent || step == ToneStep.Final))
            _notes.Tone(reading, isFinal: step == ToneStep.Final);
        if (step == ToneStep.Interim)
            return;
        if (isPresent)
            _utterance.Tone = reading;
        _tones!.Answered();
        HearHeld();
    }

    private void HearHeld()
    {
        while (_tones?.TryTake(Now, out int utterance, out RecognitionResult? result) == true)
            Hear(utterance, result!);
    }

    private void Hear(int utterance, RecognitionResult result)
    {
        bool isPresent = utterance == _utterance.Number;
        ListenForWords(result);
        if (isPresent)
            result = _awaitedFinal.Join(result);
        if (!result.IsFinal)
        {
            if (isPresent)
                OnInterim(result);
        }
        else if (isPresent && _judging)
            OnJudged(result);
        else if (_awaitedFinal.Takes(utterance, result))
            OnFinal(result);
    }

    public void OnKey(char digit, DtmfSource source)
    {
        _notes.Key(digit, source);
        if (_desk.Expectation.Dtmf is not { } expectation || _transferOrdered || State is TurnState.OnHold or TurnState.Transferring or TurnState.TakenOver or TurnState.Ended)
            return;
        if (_keys.IsLeftOver(digit, Now, expectation))
            return;
        _segmenter.EndSegment();
        _awaitedFinal.Forget();
        Fire(TurnTrigger.KeyPressed);
        if (_keys.Add(digit, Now, expectation))
            Fire(TurnTrigger.KeysEntered);
    }

    /// <param name="isLost">The caller's connection is gone, and may come back.</param>
    public void OnHold(bool held, bool isLost = false)
    {
        _lostAt = held && isLost ? Now : null;
        _notes.Hold(held);
        SetHold(ref _heldByCaller, held);
    }

    /// <summary>No human took the caller.</summary>
    public void OnTransferReturned(string target, TransferResult result)
    {
        (_failedTransfer, _transferOrdered) = ((target, result), false);
        Fire(TurnTrigger.TransferFailed);
    }

    public void OnEnded() => Fire(TurnTrigger.CallEnded);

    /// <summary>After each frame: what the passing of time brings about.</summary>
    public void Tick()
    {
        HearHeld();
        if (_awaitedFinal.IsLate(Now))
        {
            _awaitedFinal.Forget();
            OnFinal(NoFinal());
        }
        TickAnswer();
        TimeSpan silence = AudioFormat.ToTime(_segmenter.Silence(_now));
        switch (State)
        {
            case TurnState.Screening:
                TickScreening(silence);
                break;
            case TurnState.CallerSpeaking:
                TickSpeaking(silence);
                break;
            case TurnState.MaybeDone:
                TickMaybeDone(silence);
                break;
            case TurnState.MaybeInterrupted:
                TickMaybeInterrupted(silence);
                break;
            case TurnState.Listening:
                TickListening();
                break;
            case TurnState.TakenOver:
                TickTakenOver(silence);
                break;
            case TurnState.OnHold:
                TickLost();
                break;
        }
        // On hold, and while an interruption is judged, the agent's side stands still.
        if (State is not (TurnState.OnHold or TurnState.TakenOver) && !_judging)
            TickAgent();
    }

    // Whoever comes back after that asks again: he is listened to.
    private void TickLost()
    {
        if (_lostAt is not { } lost || Now - lost < LostPatience)
            return;
        _lostAt = null;
        if (_desk.IsAsking || _queue.IsBeingMade)
            _desk.Cut(Now);
    }

    private bool AgentHasFloor => State is TurnState.Greeting or TurnState.Speaking or TurnState.Thinking or TurnState.MaybeInterrupted;

    private void TickSpeaking(TimeSpan silence)
    {
        if (silence >= _options.Endpointing.Speculate)
        {
            _notes.SpeechStopped(_segmenter.LastVoiced);
            Fire(TurnTrigger.SpeechPaused);
        }
        else if (AudioFormat.ToTime(_now - _segmenter.Onset) >= _options.Endpointing.MaxUtterance)
            EndTurn(silence, "max-utterance");
    }

    private void TickMaybeDone(TimeSpan silence)
    {
        if (_segmenter.IsVoiced)
        {
            _endpointer.PauseEnded(Now - _machine.Since + _options.Endpointing.Speculate);
            _utterance.Resume();
            Fire(TurnTrigger.SpeechResumed);
            return;
        }
        EndpointDecision decision = _endpointer.Decide(_utterance.Latest, _desk.Expectation);
        if (silence >= decision.Silence)
            EndTurn(silence, decision.Rule);
    }

    private void EndTurn(TimeSpan silence, string rule)
    {
        _notes.Endpoint(_segmenter.LastVoiced, silence, rule);
        Fire(TurnTrigger.EndpointReached);
    }

    private void TickListening()
    {
        if (_desk.Expectation.Dtmf is { } dtmf && _keys.IsComplete(Now, dtmf))
            Fire(TurnTrigger.KeysEntered);
        else if (Now - _silentSince >= (_desk.Expectation.SilenceTimeout ?? _options.SilenceTimeout))
            Fire(TurnTrigger.CallerSilent);
    }

    private void TickAgent()
    {
        _escalator.Tick(Now);
        SayWaiting();
        if (_desk.Tick(Now) is { } trigger)
            Fire(trigger);
        // The floor is never left to an agent who has nothing to say and waits for nothing, whatever led to it.
        else if (State is TurnState.Greeting or TurnState.Thinking or TurnState.Speaking && !_desk.IsBusy && !_awaitedFinal.IsAwaited)
            Fire(TurnTrigger.ReplyFinished);
    }

    private void OnInterim(RecognitionResult result)
    {
        if (result.Text != _utterance.Latest?.Text)
            _notes.Interim(result);
        _utterance.Latest = result;
        if (result.IsProbe && result.Outcome == RecognitionOutcome.Recognized && result.Text.Length > 0)
            Fire(TurnTrigger.ProbeReady);
    }

    private void OnFinal(RecognitionResult result)
    {
        if (_floorOf is not null)
        {
            OnFinalForSupervisor(result);
            return;
        }
        if (State == TurnState.Screening)
        {
            _notes.Final(result, "went on listening");
            return;
        }
        _final = result;
        _notes.Final(result, "asked the caller to repeat");
        if (result.Outcome == RecognitionOutcome.Recognized && result.Text.Length > 0)
            Fire(TurnTrigger.UtteranceUnderstood);
        else if (result.Outcome == RecognitionOutcome.Empty && _utterance.Voiced <= _options.NoiseUpTo)
            Fire(TurnTrigger.UtteranceIgnored);
        else
            Fire(TurnTrigger.UtteranceNotUnderstood);
    }

    private RecognitionResult NoFinal() => new()
    {
        IsFinal = true,
        Outcome = RecognitionOutcome.Failed,
        Error = $"no final result within {_options.FinalTimeout.TotalSeconds:0.#} s",
    };

    private void Fire(TurnTrigger trigger)
    {
        TurnStep step = _machine.Fire(trigger, Now);
        if (step.IsListed)
            _notes.Step(step, trigger);
        foreach (TurnAction action in step.Actions)
            Act(action);
    }
}
