using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Turns;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>
/// The agent's side of the turns: asks the dialogue, sends its sentences to synthesis and its effects to the session,
/// guesses ahead, mends failures, and tells the dialogue what was heard. Owned by the session loop.
/// </summary>
internal sealed class ReplyDesk(
    IDialogue dialogue, SpeechQueue queue, Speaker speaker, SessionInbox inbox, CallTimeline timeline, CallSessionOptions options) : IAsyncDisposable
{
    private readonly List<Task> _closing = [];
    private ReplyRun? _current;
    private ReplyRun? _speculation;
    private int _turn;
    private TimeSpan _askedAt;
    private long _gapFrom = -1;
    private int _failuresInARow;
    private bool _fillerSaid;

    /// <summary>What is expected of the caller now.</summary>
    public Expectation Expectation { get; private set; } = Expectation.Nothing;

    /// <summary>Steps of a committed reply that the session carries out at once.</summary>
    public Action<DialogueAction>? OnEffect { get; init; }

    /// <summary>The transfer or hang-up that is due.</summary>
    public DialogueAction? Conclusion => _current?.Conclusion;

    /// <summary>A reply is being made or heard.</summary>
    public bool IsBusy => _current is not null;

    /// <summary>Replies to a turn that stands.</summary>
    /// <param name="turn">What to reply to.</param>
    /// <param name="now">Media time.</param>
    /// <param name="lastVoiced">The caller's last voiced sample, from which the response gap counts; -1 when nobody waits.</param>
    public void Reply(DialogueTurn turn, TimeSpan now, long lastVoiced = -1)
    {
        DiscardSpeculation(now);
        Close(ref _current);
        _current = Start(turn, guess: null);
        Commit(now, lastVoiced);
    }

    /// <summary>Begins a reply on the guess that the caller is done.</summary>
    public void Speculate(RecognitionResult probe, bool interrupting, TimeSpan now)
    {
        if (_speculation is not null)
        {
            if (_speculation.Guess == probe.Text)
                return;
            DiscardSpeculation(now);
        }
        timeline.Append(new TimelineEvent.Speculation(SpeculationStep.Started, probe.Text) { At = now });
        _speculation = Start(new DialogueTurn.CallerSaid(probe, interrupting), probe.Text);
    }

    /// <summary>Replies to what the caller said, with the speculation when its guess was right.</summary>
    public void ReplyTo(RecognitionResult final, bool interrupting, TimeSpan now, long lastVoiced)
    {
        if (_speculation is { } speculation && speculation.Guess == final.Text)
        {
            timeline.Append(new TimelineEvent.Speculation(SpeculationStep.Hit, final.Text) { At = now });
            Close(ref _current);
            (_current, _speculation) = (speculation, null);
            Commit(now, lastVoiced);
            return;
        }
        Reply(new DialogueTurn.CallerSaid(final, interrupting), now, lastVoiced);
    }

    public void DiscardSpeculation(TimeSpan now)
    {
        if (_speculation is not { } speculation)
            return;
        timeline.Append(new TimelineEvent.Speculation(SpeculationStep.Missed, speculation.Guess ?? "") { At = now });
        queue.Discard(speculation.Turn);
        Close(ref _speculation);
    }

    /// <summary>The caller has taken the floor: what was not heard never was said.</summary>
    public void Cut(TimeSpan now)
    {
        string heard = queue.Cut();
        int turn = _current?.Turn ?? _turn;
        bool wasBusy = _current is not null;
        Close(ref _current);
        if (!wasBusy && heard.Length == 0)
            return;
        timeline.Append(new TimelineEvent.Heard(turn, heard, Interrupted: true) { At = now });
        dialogue.Heard(heard, interrupted: true);
    }

    /// <summary>The call is over: what was heard until now was heard, and nothing more.</summary>
    public void End(TimeSpan now)
    {
        DiscardSpeculation(now);
        if (_current is { FinishedAt: not null })
            Close(ref _current); // all of it was heard, and told
        Cut(now);
    }

    public void OnAction(int turn, DialogueAction action, TimeSpan now)
    {
        if (action is DialogueAction.Report report)
        {
            timeline.Append(report.Event with { At = now });
            return;
        }
        if (Find(turn) is not { } run)
            return;
        if (!run.HasToken)
        {
            run.HasToken = true;
            timeline.Append(new TimelineEvent.FirstToken(turn) { At = now });
        }
        // Words may be synthesised on speculation; they are silent until the commit opens the turn.
        if (action is DialogueAction.UseVoice use)
            run.Manner = run.Manner.With(use);
        else if (action is DialogueAction.Say say)
            Say(run, say.Text, null, say.Interruptible);
        else if (action is DialogueAction.Play play)
            Say(run, play.Text, play.Path, play.Interruptible);
        if (run.IsCommitted)
            Apply(run, action, now);
        else
            run.Held.Add(action);
    }

    public void OnEnded(int turn, string? error, TimeSpan now)
    {
        if (Find(turn) is not { } run)
            return;
        run.IsRead = true;
        if (error is null)
            return;
        if (run == _speculation)
            DiscardSpeculation(now); // asked again when the turn stands
        else
            Mend("dialogue", error, now);
    }

    public void OnFirstAudio(int turn, TimeSpan now)
    {
        if (Find(turn) is not { HasAudio: false } run)
            return;
        run.HasAudio = true;
        timeline.Append(new TimelineEvent.FirstAudio(turn) { At = now });
    }

    /// <summary>What time and playback bring about; null for nothing.</summary>
    public TurnTrigger? Tick(TimeSpan now)
    {
        if (_current is not { IsCommitted: true } run)
            return null;
        SpeechStatus status = queue.Status;
        if (!run.HasStarted && status.FirstVoicedTurn == run.Turn)
        {
            run.HasStarted = true;
            _failuresInARow = run.IsMend ? _failuresInARow : 0;
            TimeSpan? gap = _gapFrom < 0 ? null : AudioFormat.ToTime(status.FirstVoicedPosition - _gapFrom);
            timeline.Append(new TimelineEvent.FirstPacket(run.Turn, gap) { At = now });
            return TurnTrigger.ReplyStarted;
        }
        if (run.IsRead && status.IsFinished)
            return Finish(run, now);
        if (!run.HasSpeech && now - _askedAt >= options.ReplyTimeout)
            Mend("dialogue", $"no words within {options.ReplyTimeout.TotalSeconds:0.#} s", now);
        else if (!run.HasStarted && !_fillerSaid && now - _askedAt >= options.FillerAfter)
            SayFiller(run, now);
        return null;
    }

    /// <summary>Ends everything; the dialogue may be disposed afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(ref _speculation);
        Close(ref _current);
        await Task.WhenAll(_closing).ConfigureAwait(false);
    }

    private ReplyRun Start(DialogueTurn turn, string? guess) =>
        new(++_turn, dialogue.Respond(turn), inbox, guess) { Manner = speaker.Manner };

    private void Commit(TimeSpan now, long lastVoiced)
    {
        ReplyRun run = _current!;
        (_askedAt, _gapFrom, _fillerSaid) = (now, lastVoiced, false);
        run.Commit();
        queue.Open(run.Turn);
        foreach (DialogueAction action in run.Held)
            Apply(run, action, now);
        run.Held.Clear();
    }

    private void Say(ReplyRun run, string text, string? path, bool interruptible)
    {
        run.HasSpeech = true;
        speaker.Say(run.Turn, text, path, interruptible, run.Manner, run.CancellationToken);
    }

    private void Apply(ReplyRun run, DialogueAction action, TimeSpan now)
    {
        switch (action)
        {
            case DialogueAction.Say { Text: var text }:
                timeline.Append(new TimelineEvent.AgentSentence(run.Turn, text) { At = now });
                break;
            case DialogueAction.Play { Text: var text }:
                timeline.Append(new TimelineEvent.AgentSentence(run.Turn, text) { At = now });
                break;
            case DialogueAction.Listen { Expectation: var expectation }:
                Expectation = expectation;
                OnEffect?.Invoke(action);
                break;
            case DialogueAction.Transfer or DialogueAction.HangUp:
                run.Conclusion = action;
                break;
            case DialogueAction.Note { Key: var key, Value: var value }:
                timeline.Append(new TimelineEvent.Noted(key, value) { At = now });
                break;
            case DialogueAction.SendDtmf or DialogueAction.UseVoice:
                OnEffect?.Invoke(action);
                break;
        }
    }

    private TurnTrigger? Finish(ReplyRun run, TimeSpan now)
    {
        if (run.Conclusion is not null)
        {
            // The session asks for the conclusion when it acts on this; the run stays until then.
            if (queue.TakeHeard() is { Length: > 0 } last)
                TellHeard(run.Turn, last, now);
            run.FinishedAt ??= now;
            if (now - run.FinishedAt < options.LastWordDelay)
                return null;
            return run.Conclusion is DialogueAction.Transfer ? TurnTrigger.TransferDue : TurnTrigger.HangUpDue;
        }
        TellHeard(run.Turn, queue.TakeHeard(), now);
        Close(ref _current);
        return TurnTrigger.ReplyFinished;
    }

    private void TellHeard(int turn, string heard, TimeSpan now)
    {
        timeline.Append(new TimelineEvent.Heard(turn, heard, Interrupted: false) { At = now });
        dialogue.Heard(heard, interrupted: false);
    }

    private void SayFiller(ReplyRun run, TimeSpan now)
    {
        _fillerSaid = true;
        timeline.Append(new TimelineEvent.Failure("dialogue", $"nothing to say after {options.FillerAfter.TotalSeconds:0.#} s", "filler") { At = now });
        speaker.SayFirst(run.Turn, options.SpokenErrors.Filler, run.Manner, run.CancellationToken);
    }

    /// <summary>A reply failed: the caller hears so; the second time in a row he gets a human, or a goodbye.</summary>
    private void Mend(string who, string error, TimeSpan now)
    {
        _failuresInARow++;
        SpokenErrors words = options.SpokenErrors;
        (string text, DialogueAction? conclusion) = (_failuresInARow, options.HumanTarget) switch
        {
            (1, _) => (words.Failed, null),
            (_, { } human) => (words.HandingOver, (DialogueAction)new DialogueAction.Transfer(human, error)),
            _ => (words.GivingUp, new DialogueAction.HangUp("failed")),
        };
        timeline.Append(new TimelineEvent.Failure(who, error, conclusion is null ? "asked the caller to repeat" : "gave up") { At = now });
        Close(ref _current);
        _current = new ReplyRun(++_turn, new SpokenError(text, conclusion), inbox, null) { IsMend = true, Manner = speaker.Manner };
        Commit(now, _gapFrom);
    }

    private ReplyRun? Find(int turn) =>
        _current?.Turn == turn ? _current : _speculation?.Turn == turn ? _speculation : null;

    private void Close(ref ReplyRun? run)
    {
        if (run is null)
            return;
        _closing.RemoveAll(task => task.IsCompletedSuccessfully);
        _closing.Add(run.DisposeAsync().AsTask());
        run = null;
    }
}

/// <summary>The session's own words, as a reply.</summary>
internal sealed class SpokenError(string text, DialogueAction? conclusion) : IDialogueReply
{
    public async IAsyncEnumerable<DialogueAction> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return new DialogueAction.Say(text);
        if (conclusion is not null)
            yield return conclusion;
    }

    public void Commit()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
