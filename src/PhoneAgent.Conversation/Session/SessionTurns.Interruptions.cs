using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>Speech while the agent has the floor: suspected, paused for, judged; then confirmed or dismissed.</summary>
internal sealed partial class SessionTurns
{
    private bool _bargeInPaused;
    private bool _judging;
    private TimeSpan _judgingSince;
    private bool _cutIn;
    private bool _interrupting;

    private bool IsEcho => _echo.Likeness() >= _options.BargeIn.EchoLikeness;

    private bool MayInterrupt => _options.BargeIn.Enabled && !_transferOrdered && !_isDecided && !_queue.Status.MustBeHeard;

    /// <summary>An onset.</summary>
    private void BeginSuspicion()
    {
        (_bargeInPaused, _judging, _interrupting) = (false, false, false);
        _cutIn = State == TurnState.Thinking;
        if (AgentHasFloor)
            _notes.BargeIn(BargeInStep.Suspected, _segmenter.Onset);
    }

    private void TickMaybeInterrupted(TimeSpan silence)
    {
        if (_judging)
        {
            TickJudging();
            return;
        }
        if (silence >= _options.BargeIn.JudgeAfter)
        {
            (_judging, _judgingSince) = (true, Now);
            Fire(TurnTrigger.SpeechPaused);
            return;
        }
        TimeSpan voiced = AudioFormat.ToTime(_segmenter.VoicedSamples);
        switch (_bargeIn.WhileSpeaking(voiced, _utterance.Latest?.Text ?? ""))
        {
            // Our own voice coming back: the onset was too short to tell, now it would begin to matter.
            case BargeInVerdict.Pause when !_bargeInPaused && IsEcho:
                Dismiss("echo");
                break;
            case BargeInVerdict.Pause when !_bargeInPaused:
                _bargeInPaused = true;
                _notes.BargeIn(BargeInStep.Paused, _segmenter.Onset);
                Fire(TurnTrigger.SpeechSustained);
                break;
            case BargeInVerdict.Confirmed:
                _notes.BargeIn(BargeInStep.Confirmed, _segmenter.Onset, voiced < _options.BargeIn.ConfirmAfter ? "words" : "speech");
                Confirm();
                _awaitedFinal.CallerWentOn();
                Fire(TurnTrigger.BargeInConfirmed);
                break;
        }
    }

    private void TickJudging()
    {
        if (_segmenter.IsVoiced)
        {
            _judging = false;
            Fire(TurnTrigger.SpeechResumed);
        }
        // The agent is silent meanwhile, and a recogniser that is late must not keep him so.
        else if (Now - _judgingSince >= _options.FillerAfter)
            OnJudged(NoFinal());
    }

    private void OnJudged(RecognitionResult result)
    {
        _judging = false;
        _notes.Final(result, "went on speaking");
        if (_bargeIn.AfterFinal(result) != BargeInVerdict.Confirmed)
        {
            Dismiss(result.Outcome == RecognitionOutcome.Recognized ? "backchannel" : "no-words");
            return;
        }
        _final = result;
        _notes.BargeIn(BargeInStep.Confirmed, _segmenter.Onset, "words");
        Confirm();
        _segmenter.EndSegment();
        Fire(TurnTrigger.BargeInUnderstood);
    }

    private void Confirm()
    {
        _interrupting = true;
        if (_cutIn)
            _endpointer.CutIn();
    }

    private void Dismiss(string reason)
    {
        _notes.BargeIn(BargeInStep.Dismissed, _segmenter.Onset, reason);
        _segmenter.EndSegment();
        Fire(TurnTrigger.BargeInDismissed);
    }
}
