using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>
/// Turn-taking of one call: what the listening side found becomes triggers of the <see cref="TurnMachine"/>, and its
/// actions are carried out. All times are media time. Owned by the session loop.
/// </summary>
internal sealed class SessionTurns
{
    private readonly CallSessionOptions _options;
    private readonly CallTimeline _timeline;
    private readonly SpeechQueue _queue;
    private readonly CallerUtterance _utterance;
    private readonly ReplyDesk _desk;
    private readonly BargeInPolicy _bargeIn;
    private readonly Endpointer _endpointer;
    private readonly SpeechSegmenter _segmenter;
    private readonly EchoDetector _echo = new(TimeSpan.FromMilliseconds(120), TimeSpan.FromMilliseconds(500));
    private readonly KeyCollector _keys = new();
    private readonly TurnMachine _machine = new();
    private readonly CallInfo _call;

    private long _now;
    private RecognitionResult? _final;
    private bool _interrupting;
    private bool _bargeInPaused;
    private bool _judging;
    private TimeSpan _finalAskedAt;
    private bool _awaitingFinal;
    private TimeSpan _silentSince;
    private int _silentInARow;
    private int _notUnderstoodInARow;
    private (string Target, TransferResult Result)? _failedTransfer;

    public SessionTurns(
        CallInfo call, CallSessionOptions options, CallTimeline timeline, SpeechQueue queue, UtteranceLane lane, ReplyDesk desk, bool trustInterims)
    {
        (_call, _options, _timeline, _queue, _desk) = (call, options, timeline, queue, desk);
        Language = options.Language;
        _bargeIn = new BargeInPolicy(options.BargeIn, trustInterims);
        _endpointer = new Endpointer(options.Endpointing);
        _segmenter = new SpeechSegmenter(options.SpeechDetection);
        _utterance = new CallerUtterance(lane, _segmenter, options.SpeechDetection);
    }

    /// <summary>What only the call itself can do: transfer, hang up.</summary>
    public required Action<DialogueAction> Conclude { get; init; }

    /// <summary>What the caller speaks from the next utterance on, BCP 47.</summary>
    public string Language { get; set; }

    public TimeSpan Now => AudioFormat.ToTime(_now);

    public TurnState State => _machine.State;

    public void Start() => Fire(TurnTrigger.CallAnswered);

    public void OnFrame(long position, ReadOnlySpan<short> frame, ReadOnlySpan<short> sent)
    {
        _now = position + frame.Length;
        _echo.Add(sent, frame);
        _utterance.Add(frame);
    }

    public void OnVoice(VoiceActivity activity)
    {
        if (!_segmenter.Add(activity))
            return;
        if (State is TurnState.OnHold or TurnState.Transferring or TurnState.Ended || (AgentHasFloor && (!MayInterrupt || IsEcho)))
        {
            _segmenter.EndSegment();
            return;
        }
        _timeline.Append(new TimelineEvent.SpeechStarted(AudioFormat.ToTime(_segmenter.Onset)) { At = Now });
        if (AgentHasFloor)
            NoteBargeIn(BargeInStep.Suspected);
        (_bargeInPaused, _judging) = (false, false);
        if (State == TurnState.Thinking)
            _endpointer.CutIn();
        Fire(TurnTrigger.SpeechStarted);
    }

    public void OnRecognition(int utterance, RecognitionResult result)
    {
        if (utterance != _utterance.Number)
        {
            if (result.IsFinal && _awaitingFinal)
                OnFinal(result); // of the turn before an onset that is still unclear
            return;
        }
        if (!result.IsFinal)
            OnInterim(result);
        else if (_judging)
            OnJudged(result);
        else
            OnFinal(result);
    }

    public void OnKey(char digit, DtmfSource source)
    {
        _timeline.Append(new TimelineEvent.Dtmf(digit, source) { At = Now });
        if (_desk.Expectation.Dtmf is not { } expectation || State is TurnState.OnHold or TurnState.Transferring or TurnState.Ended)
            return;
        _segmenter.EndSegment();
        Fire(TurnTrigger.KeyPressed);
        if (_keys.Add(digit, Now, expectation))
            Fire(TurnTrigger.KeysEntered);
    }

    public void OnHold(bool held)
    {
        _timeline.Append(new TimelineEvent.Hold(held) { At = Now });
        _segmenter.Reset();
        Fire(held ? TurnTrigger.Held : TurnTrigger.Resumed);
    }

    public void OnTransferResult(string target, TransferResult result)
    {
        if (result.Success)
            return; // the end of the call follows as a signal
        NoteTransfer(target, "failed", result.StatusCode);
        _failedTransfer = (target, result);
        Fire(TurnTrigger.TransferFailed);
    }

    public void OnEnded(CallEnd end)
    {
        // The end of a transferred call may overtake the result of its transfer.
        if (State == TurnState.Transferring && end.Cause == CallEndCause.Transferred && _desk.Conclusion is DialogueAction.Transfer { Target: var target })
            NoteTransfer(target, "succeeded", end.StatusCode);
        Fire(TurnTrigger.CallEnded);
    }

    /// <summary>After each frame: what the passing of time brings about.</summary>
    public void Tick()
    {
        long silence = _segmenter.Silence(_now);
        switch (State)
        {
            case TurnState.CallerSpeaking:
                TickSpeaking(AudioFormat.ToTime(silence));
                break;
            case TurnState.MaybeDone:
                TickMaybeDone(AudioFormat.ToTime(silence));
                break;
            case TurnState.MaybeInterrupted:
                TickMaybeInterrupted(AudioFormat.ToTime(silence));
                break;
            case TurnState.Thinking when _awaitingFinal && Now - _finalAskedAt >= _options.FinalTimeout:
                _utterance.Drop();
                OnFinal(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = $"no final result within {_options.FinalTimeout.TotalSeconds:0.#} s" });
                break;
            case TurnState.Listening:
                TickListening();
                break;
        }
        if (_desk.Tick(Now) is { } trigger)
            Fire(trigger);
    }

    private bool AgentHasFloor => State is TurnState.Greeting or TurnState.Speaking or TurnState.Thinking or TurnState.MaybeInterrupted;

    private bool IsEcho => _echo.Likeness() >= _options.BargeIn.EchoLikeness;

    private bool MayInterrupt => _options.BargeIn.Enabled && !_queue.Status.MustBeHeard;

    private void TickSpeaking(TimeSpan silence)
    {
        if (silence >= _options.Endpointing.Speculate)
        {
            _timeline.Append(new TimelineEvent.SpeechStopped(AudioFormat.ToTime(_segmenter.LastVoiced)) { At = Now });
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
            Fire(TurnTrigger.SpeechResumed);
            return;
        }
        EndpointDecision decision = _endpointer.Decide(_utterance.Latest, _desk.Expectation);
        if (silence >= decision.Silence)
            EndTurn(silence, decision.Rule);
    }

    private void EndTurn(TimeSpan silence, string rule)
    {
        _timeline.Append(new TimelineEvent.Endpoint(AudioFormat.ToTime(_segmenter.LastVoiced), silence, rule) { At = Now });
        Fire(TurnTrigger.EndpointReached);
    }

    private void TickMaybeInterrupted(TimeSpan silence)
    {
        if (_judging)
        {
            if (!_segmenter.IsVoiced)
                return;
            _judging = false;
            Fire(TurnTrigger.SpeechResumed);
            return;
        }
        if (silence >= _options.BargeIn.JudgeAfter)
        {
            _judging = true;
            Fire(TurnTrigger.SpeechPaused);
            return;
        }
        TimeSpan voiced = AudioFormat.ToTime(_segmenter.VoicedSamples);
        switch (_bargeIn.WhileSpeaking(voiced, _utterance.Latest?.Text ?? ""))
        {
            // Our own voice coming back: the onset was too short to tell, now it would begin to matter.
            case BargeInVerdict.Pause when !_bargeInPaused && IsEcho:
                NoteBargeIn(BargeInStep.Dismissed, "echo");
                Fire(TurnTrigger.BargeInDismissed);
                break;
            case BargeInVerdict.Pause when !_bargeInPaused:
                _bargeInPaused = true;
                NoteBargeIn(BargeInStep.Paused);
                Fire(TurnTrigger.SpeechSustained);
                break;
            case BargeInVerdict.Confirmed:
                _interrupting = true;
                NoteBargeIn(BargeInStep.Confirmed, voiced < _options.BargeIn.ConfirmAfter ? "words" : "speech");
                Fire(TurnTrigger.BargeInConfirmed);
                break;
        }
    }

    private void TickListening()
    {
        if (_desk.Expectation.Dtmf is { } dtmf && _keys.IsComplete(Now, dtmf))
            Fire(TurnTrigger.KeysEntered);
        else if (Now - _silentSince >= (_desk.Expectation.SilenceTimeout ?? _options.SilenceTimeout))
            Fire(TurnTrigger.CallerSilent);
    }

    private void OnInterim(RecognitionResult result)
    {
        if (result.Text != _utterance.Latest?.Text)
            _timeline.Append(new TimelineEvent.Interim(result.Text, result.IsCompleteAnswer) { At = Now });
        _utterance.Latest = result;
        if (result.IsProbe && result.Outcome == RecognitionOutcome.Recognized && result.Text.Length > 0)
            Fire(TurnTrigger.ProbeReady);
    }

    private void OnJudged(RecognitionResult result)
    {
        _judging = false;
        NoteFinal(result);
        if (_bargeIn.AfterFinal(result) == BargeInVerdict.Confirmed)
        {
            (_final, _interrupting) = (result, true);
            NoteBargeIn(BargeInStep.Confirmed, "words");
            _segmenter.EndSegment();
            Fire(TurnTrigger.BargeInUnderstood);
            return;
        }
        NoteBargeIn(BargeInStep.Dismissed, result.Outcome == RecognitionOutcome.Recognized ? "backchannel" : "no-words");
        _segmenter.EndSegment();
        Fire(TurnTrigger.BargeInDismissed);
    }

    private void OnFinal(RecognitionResult result)
    {
        _awaitingFinal = false;
        _final = result;
        NoteFinal(result);
        if (result.Outcome == RecognitionOutcome.Recognized && result.Text.Length > 0)
            Fire(TurnTrigger.UtteranceUnderstood);
        else if (result.Outcome == RecognitionOutcome.Empty && _utterance.Voiced <= _options.NoiseUpTo)
            Fire(TurnTrigger.UtteranceIgnored);
        else
            Fire(TurnTrigger.UtteranceNotUnderstood);
    }

    private void NoteFinal(RecognitionResult result)
    {
        _timeline.Append(new TimelineEvent.Final(result.Text, result.Outcome, result.Confidence, result.Tag) { At = Now });
        if (result.Outcome == RecognitionOutcome.Failed)
            _timeline.Append(new TimelineEvent.Failure("recogniser", result.Error ?? "failed", "asked the caller to repeat") { At = Now });
    }

    private void NoteBargeIn(BargeInStep step, string? reason = null) =>
        _timeline.Append(new TimelineEvent.BargeIn(step, AudioFormat.ToTime(_segmenter.Onset), reason) { At = Now });

    private void NoteTransfer(string target, string step, int? statusCode) =>
        _timeline.Append(new TimelineEvent.Transfer(target, step, statusCode) { At = Now });

    private void Fire(TurnTrigger trigger)
    {
        TurnStep step = _machine.Fire(trigger, Now);
        if (step.IsListed)
            _timeline.Append(new TimelineEvent.TurnState(step.From.ToString(), step.To.ToString(), trigger.ToString()) { At = Now });
        foreach (TurnAction action in step.Actions)
            Act(action);
    }

    private void Act(TurnAction action)
    {
        switch (action)
        {
            case TurnAction.Greet:
                _desk.Reply(new DialogueTurn.CallStarted(_call), Now);
                break;
            case TurnAction.OpenUtterance:
                _utterance.Open(new RecognitionRequest(_desk.Expectation, Language), _now);
                break;
            case TurnAction.Probe:
                _utterance.Probe();
                break;
            case TurnAction.FinishUtterance:
                FinishUtterance();
                break;
            case TurnAction.DropUtterance:
                DropUtterance();
                break;
            case TurnAction.Speculate:
                _desk.Speculate(_utterance.Latest!, _interrupting, Now);
                break;
            case TurnAction.DiscardSpeculation:
                _desk.DiscardSpeculation(Now);
                break;
            case TurnAction.ReplyToUtterance:
                (_silentInARow, _notUnderstoodInARow) = (0, 0);
                _desk.ReplyTo(_final!, _interrupting, Now, _utterance.LastVoiced);
                _interrupting = false;
                break;
            case TurnAction.ReplyToNotUnderstood:
                _timeline.Append(new TimelineEvent.Reprompt("not-understood", ++_notUnderstoodInARow) { At = Now });
                _desk.Reply(new DialogueTurn.NotUnderstood(_notUnderstoodInARow), Now, _utterance.LastVoiced);
                break;
            case TurnAction.ReplyToSilence:
                _timeline.Append(new TimelineEvent.Reprompt("silent", ++_silentInARow) { At = Now });
                _desk.Reply(new DialogueTurn.CallerSilent(_silentInARow), Now);
                break;
            case TurnAction.ReplyToKeys:
                (_silentInARow, _notUnderstoodInARow) = (0, 0);
                _desk.Reply(new DialogueTurn.CallerPressed(_keys.Take()), Now);
                break;
            case TurnAction.ReplyToFailedTransfer:
                (string target, TransferResult result) = _failedTransfer!.Value;
                _desk.Reply(new DialogueTurn.TransferFailed(target, result.StatusCode, result.Reason), Now);
                break;
            case TurnAction.Duck:
                _queue.Duck();
                break;
            case TurnAction.PauseSpeech:
                _queue.Pause();
                break;
            case TurnAction.ResumeSpeech:
                _queue.Resume();
                break;
            case TurnAction.CutSpeech:
                _desk.Cut(Now);
                break;
            case TurnAction.AwaitCaller:
                _silentSince = Now;
                break;
            case TurnAction.Transfer:
                NoteTransfer(((DialogueAction.Transfer)_desk.Conclusion!).Target, "started", null);
                Conclude(_desk.Conclusion!);
                break;
            case TurnAction.HangUp:
                Conclude(_desk.Conclusion!);
                break;
            case TurnAction.CleanUp:
                DropUtterance();
                _desk.End(Now);
                break;
        }
    }

    private void FinishUtterance()
    {
        _utterance.Finish();
        if (_judging)
            return;
        (_awaitingFinal, _finalAskedAt) = (true, Now);
        _segmenter.EndSegment();
    }

    private void DropUtterance()
    {
        _utterance.Drop();
        (_judging, _interrupting) = (false, false);
        _segmenter.EndSegment();
    }
}
