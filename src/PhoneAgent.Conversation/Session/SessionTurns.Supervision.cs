using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Session;

/// <summary>What supervisors do to the call.</summary>
internal sealed partial class SessionTurns
{
    private const int MaxWaitingWords = 8;

    private readonly Queue<SupervisorOrder> _wordsToSay = new();
    private readonly List<string> _saidToSupervisor = [];
    private IDialogueReply? _supervisorReply;
    private DialogueTurn? _supervisorTurn;
    private string? _floorOf;
    private bool _heldByCaller;
    private bool _heldByUs;
    private bool _holdAsked;
    // Until it is made or has failed: the caller's voice and keys do not stop it.
    private bool _transferOrdered;

    /// <summary>Asks the line for a hold or its end; the order comes back with the line's answer.</summary>
    public required Action<SupervisorOrder, bool> AskHold { get; init; }

    /// <summary>Somebody takes the agent's place on the air (his name), or gives it back (null).</summary>
    public required Action<string?> SetFloor { get; init; }

    public void OnSupervisor(SupervisorOrder order)
    {
        SupervisorResult? result = State == TurnState.Ended ? SupervisorResult.CallIsOver : Do(order);
        if (result is null)
            return; // the line is asked; the order comes again
        _notes.Supervised(order, result);
        order.Answer(result);
    }

    private SupervisorResult? Do(SupervisorOrder order) => order.Action switch
    {
        SupervisorAction.Mark => SupervisorResult.Done,
        SupervisorAction.Whisper whisper => _desk.Whisper(whisper.Hint, Now) is { } refusal ? SupervisorResult.Not(refusal) : SupervisorResult.Done,
        SupervisorAction.Say say => Say(say, order),
        SupervisorAction.TakeOver => TakeOver(order.User),
        SupervisorAction.HandBack handBack => HandBack(handBack, order.User),
        SupervisorAction.Transfer transfer => Transfer(transfer, order.User),
        SupervisorAction.Hold => Hold(order, held: true),
        SupervisorAction.Resume => Hold(order, held: false),
        SupervisorAction.HangUp => HangUp(),
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };

    private string? NotNow() => State switch
    {
        TurnState.OnHold => _heldByUs ? "The caller is on hold. Take him back first." : "The caller has put us on hold.",
        TurnState.Transferring => "The call is being transferred.",
        _ => null,
    };

    private SupervisorResult Say(SupervisorAction.Say say, SupervisorOrder order)
    {
        if (_floorOf is { } floor)
            return SupervisorResult.Not($"{floor} has taken the call over.");
        if (NotNow() is { } reason)
            return SupervisorResult.Not(reason);
        if (_wordsToSay.Count >= MaxWaitingWords)
            return SupervisorResult.Not("Too many sentences wait already.");
        // What must be heard, and a goodbye or transfer that is announced, stay whole.
        if (say.AtOnce && State is TurnState.Greeting or TurnState.Speaking && !_queue.Status.MustBeHeard && _desk.Conclusion is null)
        {
            Speak(new SupervisorReply(new DialogueAction.Say(say.Text)));
            return SupervisorResult.Done;
        }
        _wordsToSay.Enqueue(order);
        SayWaiting();
        return _wordsToSay.Count == 0 ? SupervisorResult.Done : new SupervisorResult(true, "It is said as soon as the caller has finished.");
    }

    /// <summary>Words that wait are said where the agent may speak: in the reply that is heard, or by themselves.</summary>
    private void SayWaiting()
    {
        while (_wordsToSay.Count > 0)
        {
            if (State == TurnState.Listening && !_segmenter.InSegment)
                Speak(new SupervisorReply(new DialogueAction.Say(_wordsToSay.Dequeue().Action.Words!)));
            else if (State is TurnState.Greeting or TurnState.Thinking or TurnState.Speaking && _desk.IsBusy)
                _desk.Insert(_wordsToSay.Dequeue().Action.Words!, Now);
            else
                return;
        }
    }

    /// <summary>Words that were promised and are never said: whoever reads the record sees so.</summary>
    private void DropWaiting(string reason)
    {
        while (_wordsToSay.TryDequeue(out SupervisorOrder? order))
            _notes.Supervised(order, SupervisorResult.Not(reason));
    }

    private SupervisorResult TakeOver(string user)
    {
        if (_floorOf is { } floor)
            return SupervisorResult.Not(floor == user ? "You have taken the call over already." : $"{floor} has taken the call over already.");
        if (NotNow() is { } reason)
            return SupervisorResult.Not(reason);
        if (_judging)
        {
            // What the caller has just said over the agent is told to the agent later.
            _judging = false;
            _awaitedFinal.Await(_utterance.Number, Now);
            _segmenter.EndSegment();
        }
        DropWaiting($"{user} took the call over first.");
        _saidToSupervisor.Clear();
        _floorOf = user;
        Fire(TurnTrigger.FloorTaken);
        SetFloor(user);
        return SupervisorResult.Done;
    }

    private SupervisorResult HandBack(SupervisorAction.HandBack handBack, string user)
    {
        if (_floorOf is null)
            return SupervisorResult.Not("Nobody has taken the call over.");
        if (NotNow() is { } reason)
            return SupervisorResult.Not(reason);
        _supervisorTurn = new DialogueTurn.HandedBack(user, string.Join(" … ", _saidToSupervisor), handBack.Note);
        Fire(TurnTrigger.SupervisorSpoke);
        return SupervisorResult.Done;
    }

    private SupervisorResult Transfer(SupervisorAction.Transfer transfer, string user)
    {
        if (NotNow() is { } reason)
            return SupervisorResult.Not(reason);
        if ((transfer.Target ?? _options.HumanTarget) is not { } target)
            return SupervisorResult.Not("The agent has no human to transfer to. Give a target.");
        _transferOrdered = true;
        if (transfer is { Target: null, Announcement: null })
        {
            _supervisorTurn = new DialogueTurn.Escalated($"{user} decided so");
            Fire(TurnTrigger.SupervisorSpoke);
            return SupervisorResult.Done;
        }
        var conclusion = new DialogueAction.Transfer(target, $"{user} decided so");
        Speak(transfer.Announcement is { Length: > 0 } words
            ? new SupervisorReply(new DialogueAction.Say(words), conclusion)
            : new SupervisorReply(conclusion));
        return SupervisorResult.Done;
    }

    private void Speak(IDialogueReply reply)
    {
        _supervisorReply = reply;
        Fire(TurnTrigger.SupervisorSpoke);
    }

    /// <summary>The action of <see cref="TurnTrigger.SupervisorSpoke"/>.</summary>
    private void ReplyForSupervisor()
    {
        _awaitedFinal.Forget();
        _keys.Clear();
        LeaveFloor();
        (IDialogueReply? reply, DialogueTurn? turn) = (_supervisorReply, _supervisorTurn);
        (_supervisorReply, _supervisorTurn) = (null, null);
        if (reply is not null)
            _desk.Reply(reply, Now);
        else
            _desk.Reply(turn!, Now);
    }

    private void LeaveFloor()
    {
        if (_floorOf is null)
            return;
        _floorOf = null;
        SetFloor(null);
    }

    private SupervisorResult? Hold(SupervisorOrder order, bool held)
    {
        if (order.LineAgreed is { } agreed)
        {
            _holdAsked = false;
            if (!agreed)
                return SupervisorResult.Not("The caller's side refused it.");
            SetHold(ref _heldByUs, held);
            return SupervisorResult.Done;
        }
        if (State == TurnState.Transferring)
            return SupervisorResult.Not("The call is being transferred.");
        if (_holdAsked)
            return SupervisorResult.Not("The line is being asked already.");
        if (_heldByUs == held)
            return SupervisorResult.Not(held ? "The caller is on hold already." : "The caller is not on hold.");
        _holdAsked = true;
        AskHold(order, held);
        return null;
    }

    /// <summary>A call is on hold while one side wants it so.</summary>
    private void SetHold(ref bool side, bool held)
    {
        bool before = _heldByCaller || _heldByUs;
        side = held;
        bool after = _heldByCaller || _heldByUs;
        if (before == after)
            return;
        _segmenter.Reset();
        Fire(after ? TurnTrigger.Held : TurnTrigger.Resumed);
    }

    private SupervisorResult HangUp()
    {
        Conclude(new DialogueAction.HangUp(SupervisorAction.HangUp.Disposition));
        return SupervisorResult.Done;
    }

    /// <summary>While a supervisor talks to the caller, his words are written down and answered by nobody.</summary>
    private void TickTakenOver(TimeSpan silence)
    {
        bool isLong = _segmenter.InSegment && AudioFormat.ToTime(_now - _segmenter.Onset) >= _options.Endpointing.MaxUtterance;
        if (silence >= _options.Endpointing.Base || isLong)
            EndTurn(silence, "taken-over");
    }

    private void OnFinalForSupervisor(RecognitionResult result)
    {
        _notes.Final(result, "went on");
        if (result is { Outcome: RecognitionOutcome.Recognized, Text.Length: > 0 })
            _saidToSupervisor.Add(result.Text);
    }
}
