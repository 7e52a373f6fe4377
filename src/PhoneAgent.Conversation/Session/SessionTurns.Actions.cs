using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>What the turn machine's actions do.</summary>
internal sealed partial class SessionTurns
{
    private void Act(TurnAction action)
    {
        switch (action)
        {
            case TurnAction.Greet:
                _desk.Reply(new DialogueTurn.CallStarted(_call), Now, WhoSaidHello());
                break;
            case TurnAction.OpenUtterance:
                _utterance.Open(new RecognitionRequest(_desk.Expectation, Language), _now);
                break;
            case TurnAction.Probe:
                _utterance.Probe();
                _tones?.Asked();
                break;
            case TurnAction.FinishUtterance:
                FinishUtterance();
                break;
            case TurnAction.DropUtterance:
                DropUtterance();
                break;
            case TurnAction.Speculate:
                _desk.Mood = _escalator.MoodBy(_utterance.Tone);
                _desk.Speculate(_utterance.Latest!, _interrupting, Now);
                break;
            case TurnAction.DiscardSpeculation:
                _desk.DiscardSpeculation(Now);
                break;
            case TurnAction.ReplyToUtterance:
                ReplyToUtterance();
                break;
            case TurnAction.ReplyToNotUnderstood:
                _notes.Reprompt("not-understood", ++_notUnderstoodInARow);
                Reply(new DialogueTurn.NotUnderstood(_notUnderstoodInARow), Answered());
                break;
            case TurnAction.ReplyToSilence:
                _notes.Reprompt("silent", ++_silentInARow);
                Reply(new DialogueTurn.CallerSilent(_silentInARow));
                break;
            case TurnAction.ReplyToKeys:
                (_silentInARow, _notUnderstoodInARow) = (0, 0);
                Reply(new DialogueTurn.CallerPressed(_keys.Take()));
                break;
            case TurnAction.ReplyToFailedTransfer:
                (string target, TransferResult result) = _failedTransfer!.Value;
                Reply(new DialogueTurn.TransferFailed(target, result.StatusCode, result.Reason));
                break;
            case TurnAction.ReplyToAnswer:
                ReplyToAnswer();
                break;
            case TurnAction.Duck:
                _queue.Duck();
                break;
            case TurnAction.PauseSpeech:
                _queue.Pause();
                break;
            case TurnAction.ResumeSpeech:
                _queue.Resume();
                _desk.GoOn(Now);
                break;
            case TurnAction.CutSpeech:
                _desk.Cut(Now);
                break;
            case TurnAction.AwaitCaller:
                (_silentSince, _transferOrdered) = (Now, false);
                break;
            case TurnAction.Transfer:
                Conclude(_desk.Conclusion!);
                break;
            case TurnAction.ReplyForSupervisor:
                ReplyForSupervisor();
                break;
            case TurnAction.HangUp:
                Conclude(_desk.Conclusion!);
                break;
            case TurnAction.CleanUp:
                LeaveFloor();
                DropWaiting("The call ended first.");
                DropUtterance();
                _desk.End(Now);
                break;
        }
    }

    private void ReplyToUtterance()
    {
        _desk.Mood = _escalator.Mood;
        (_silentInARow, _notUnderstoodInARow) = (0, 0);
        _awaitedFinal.Forget();
        _keys.Clear();
        if (_escalator.IsDue)
            _desk.Reply(_escalator.Instead(new DialogueTurn.CallerSaid(_final!, _interrupting)), Now, Answered());
        else
            _desk.ReplyTo(_final!, _interrupting, Now, Answered());
    }

    private void Reply(DialogueTurn turn, CallerTurn? caller = null)
    {
        _awaitedFinal.Forget();
        _keys.Clear();
        _desk.Reply(_escalator.Instead(turn), Now, caller);
    }

    private CallerTurn Answered() => new(_utterance.LastVoiced, _endpointAt, Now);

    private void FinishUtterance()
    {
        _endpointAt = Now;
        _utterance.Finish();
        _tones?.Asked();
        if (_judging)
            return;
        _awaitedFinal.Await(_utterance.Number, Now);
        _segmenter.EndSegment();
    }

    private void DropUtterance()
    {
        _utterance.Drop();
        _awaitedFinal.ForgetEarlier();
        _judging = false;
        _segmenter.EndSegment();
    }
}
