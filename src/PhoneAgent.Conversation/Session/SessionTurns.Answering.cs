using PhoneAgent.Audio.Tones;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>A call that we placed: who answered it, and what is done about that.</summary>
internal sealed partial class SessionTurns
{
    // Earlier than in a conversation: what was said is wanted, and nobody is cut short by it.
    private static readonly TimeSpan ScreenedPause = TimeSpan.FromMilliseconds(400);

    private readonly AnsweringMachineDetector? _screen;
    private readonly ToneDetector? _lineTones;
    private CallTone _lineTone;
    private TimeSpan? _machineSince;
    /// <summary>What is done about the answer is being done: a machine that talks on does not interrupt it.</summary>
    private bool _isDecided;

    private AnswerDetectionOptions Answers => _options.AnswerDetection;

    /// <summary>Who said "hello" first waits for the agent's greeting.</summary>
    private CallerTurn? WhoSaidHello() => _screen is null || _utterance.LastVoiced < 0 ? null : Answered();

    private void ListenForTones(ReadOnlySpan<short> frame) =>
        _lineTone = _lineTones?.Push(frame) ?? CallTone.None;

    private void ListenForWords(RecognitionResult result)
    {
        if (result is { Outcome: RecognitionOutcome.Recognized, Text.Length: > 0 } && _screen?.OnWords(result.Text, result.IsFinal) is { } verdict)
            OnVerdict(verdict);
    }

    private void TickAnswer()
    {
        if (_screen is null || State is TurnState.OnHold or TurnState.Transferring or TurnState.TakenOver or TurnState.Ended)
            return;
        bool isVoiced = _segmenter.IsVoiced && !(AgentHasFloor && IsEcho);
        if (_screen.Push(new AnswerFrame(Now, isVoiced, _lineTone, _lineTones!.IsTone)) is { } verdict)
            OnVerdict(verdict);
    }

    private void OnVerdict(AnswerVerdict verdict)
    {
        bool isRevised = _machineSince is not null || State != TurnState.Screening;
        _notes.Answered(verdict, isRevised);
        if (Answers.ActionFor(verdict.Kind) == AnswerAction.Talk)
        {
            (_machineSince, _isDecided) = (null, false);
            Fire(TurnTrigger.PersonAnswered);
            return;
        }
        (_machineSince, _isDecided) = (_machineSince ?? Now, false);
        _awaitedFinal.Forget();
        Fire(TurnTrigger.MachineAnswered);
        if (verdict.Kind != AnswerKind.Machine || Answers.OnMachine == AnswerAction.HangUp)
            Fire(TurnTrigger.AnswerDecided);
    }

    private void TickScreening(TimeSpan silence)
    {
        if (_machineSince is { } since && Now - since >= Answers.BeepTimeout)
            Fire(TurnTrigger.AnswerDecided);
        else if (_segmenter.InSegment && (silence >= ScreenedPause || AudioFormat.ToTime(_now - _segmenter.Onset) >= _options.Endpointing.MaxUtterance))
        {
            _notes.SpeechStopped(_segmenter.LastVoiced);
            Fire(TurnTrigger.EndpointReached);
        }
    }

    /// <summary>The action of <see cref="TurnTrigger.AnswerDecided"/>.</summary>
    private void ReplyToAnswer()
    {
        AnswerKind kind = _screen!.Verdict!.Kind;
        _isDecided = true;
        _desk.Reply(new AnswerReply(kind, kind == AnswerKind.Voicemail && Answers.OnMachine == AnswerAction.LeaveMessage ? Answers.Message : null), Now);
    }
}
