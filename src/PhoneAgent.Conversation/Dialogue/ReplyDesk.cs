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
    IDialogue dialogue, SpeechQueue queue, Speaker speaker, SessionInbox inbox, CallTimeline timeline, CallSessionOptions options,
    SpeculationLedger ledger) : IAsyncDisposable
{
    private const int CharactersPerToken = 4;
    private const string Dialogue = "dialogue";

    private readonly List<Task> _closing = [];
    private readonly ReplyPatience _patience = new(options);
    private readonly Mender _mender = new(options);
    private readonly MannerFollower _manners = new();
    private readonly ReplyEffects _effects = new(timeline);
    private ReplyRun? _current;
    private ReplyRun? _speculation;
    private int _turn;
    private CallerTurn? _caller;
    private int _fillersSaid;

    /// <summary>What is expected of the caller now.</summary>
    public Expectation Expectation => _effects.Expectation;

    /// <summary>Steps of a committed reply that the session carries out at once.</summary>
    public Action<DialogueAction>? OnEffect { init => _effects.OnEffect = value; }

    /// <summary>How the caller seems now; replies follow it.</summary>
    public string? Mood { get; set; }

    /// <summary>The transfer or hang-up that is due.</summary>
    public DialogueAction? Conclusion => _current?.Conclusion;

    /// <summary>A reply is being made or heard.</summary>
    public bool IsBusy => _current is not null;

    /// <summary>The dialogue has not said all of its reply.</summary>
    public bool IsAsking => _current is { IsRead: false };

    /// <summary>Replies to a turn that stands.</summary>
    /// <param name="turn">What to reply to.</param>
    /// <param name="now">Media time.</param>
    /// <param name="caller">The caller's turn that is answered; null when nobody waits.</param>
    public void Reply(DialogueTurn turn, TimeSpan now, CallerTurn? caller = null)
    {
        DiscardSpeculation(now);
        Close(ref _current);
        _current = Start(turn, guess: null);
        Commit(now, caller);
    }

    /// <summary>A reply that the dialogue has no part in; it is told what was heard of it.</summary>
    public void Reply(IDialogueReply reply, TimeSpan now)
    {
        DiscardSpeculation(now);
        Close(ref _current);
        _current = new ReplyRun(++_turn, reply, inbox, null) { Manner = speaker.Manner, Mood = Mood };
        Commit(now, caller: null);
    }

    /// <summary>Words of somebody else in the reply that is made or heard: next after its present sentence.</summary>
    public void Insert(string text, TimeSpan now)
    {
        ReplyRun run = _current!;
        timeline.Append(new TimelineEvent.AgentSentence(run.Turn, text) { At = now });
        // Each goes before the one behind it.
        foreach (string sentence in SentenceChunker.Split(text).Reverse())
            speaker.SayFiller(run.Turn, sentence, null, run.Manner, run.CancellationToken);
    }

    /// <summary>A hint for the dialogue's next turn; what it prepared without it is made anew. Returns why it is of no use, or null.</summary>
    public string? Whisper(string hint, TimeSpan now)
    {
        DiscardSpeculation(now);
        return dialogue.Whisper(hint);
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
        bool may = ledger.Begin(out SpeculationSwitch? change);
        NoteSwitch(change, now);
        timeline.Append(new TimelineEvent.Speculation(may ? SpeculationStep.Started : SpeculationStep.Skipped, probe.Text) { At = now });
        if (!may)
            return;
        _speculation = Start(new DialogueTurn.CallerSaid(probe, interrupting) { Mood = Mood }, probe.Text);
    }

    /// <summary>Replies to what the caller said, with the speculation when its guess was right.</summary>
    public void ReplyTo(RecognitionResult final, bool interrupting, TimeSpan now, CallerTurn caller)
    {
        if (_speculation is { } speculation && speculation.Guess == final.Text && speculation.Mood == Mood)
        {
            timeline.Append(new TimelineEvent.Speculation(SpeculationStep.Hit, final.Text) { At = now });
            NoteSwitch(ledger.Hit(), now);
            Close(ref _current);
            (_current, _speculation) = (speculation, null);
            Commit(now, caller);
            return;
        }
        Reply(new DialogueTurn.CallerSaid(final, interrupting) { Mood = Mood }, now, caller);
    }

    public void DiscardSpeculation(TimeSpan now)
    {
        if (_speculation is not { } speculation)
            return;
        TimeSpan audio = AudioFormat.ToTime(queue.Discard(speculation.Turn));
        long tokens = speculation.Tokens > 0 ? speculation.Tokens : speculation.Characters / CharactersPerToken;
        timeline.Append(new TimelineEvent.Speculation(SpeculationStep.Missed, speculation.Guess ?? "")
        {
            At = now,
            WastedTokens = tokens,
            WastedAudio = audio,
        });
        NoteSwitch(ledger.Miss(tokens, audio), now);
        Close(ref _speculation);
    }

    /// <summary>The caller has taken the floor: what was not heard never was said.</summary>
    public void Cut(TimeSpan now)
    {
        DiscardSpeculation(now);
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
        if (_current is { FinishedAt: not null })
            Close(ref _current); // all of it was heard, and told
        Cut(now);
    }

    public void OnAction(int turn, DialogueAction action, TimeSpan now)
    {
        if (action is DialogueAction.Report report)
        {
            timeline.Append(report.Event with { At = now });
            if (report.Event is TimelineEvent.ModelUsage usage && Find(turn) is { } user)
                user.Tokens += usage.InputTokens + usage.OutputTokens;
            return;
        }
        if (Find(turn) is not { } run)
            return;
        if (run == _current)
            _patience.Progressed(now);
        if (run.FirstTokenAt is null)
        {
            run.FirstTokenAt = now;
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
            _effects.Apply(run, action, now);
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
            Mend(run, Dialogue, error, now);
    }

    public void OnFirstAudio(int turn, TimeSpan now)
    {
        if (Find(turn) is not { FirstAudioAt: null } run)
            return;
        run.FirstAudioAt = now;
        timeline.Append(new TimelineEvent.FirstAudio(turn) { At = now });
    }

    /// <summary>A sentence will not be heard. What becomes of its reply is seen when the rest is there.</summary>
    public void OnSynthesisFailed(int turn, string error, TimeSpan now)
    {
        timeline.Append(new TimelineEvent.Failure("synthesiser", error, "a sentence was not heard") { At = now });
        if (Find(turn) is { } run)
            run.VoiceFailure = error;
    }

    /// <summary>The agent may be heard again; until now he was kept silent, and that was not the reply's fault.</summary>
    public void GoOn(TimeSpan now) => _patience.GoOn(now);

    /// <summary>What time and playback bring about; null for nothing.</summary>
    public TurnTrigger? Tick(TimeSpan now)
    {
        if (_current is not { IsCommitted: true } run)
            return null;
        SpeechStatus speech = queue.Status;
        if (!run.HasWords && speech.WordsTurn == run.Turn)
        {
            run.HasWords = true;
            if (!run.IsMend)
                _mender.Succeeded();
        }
        if (!run.HasStarted && speech.FirstVoicedTurn == run.Turn)
        {
            run.HasStarted = true;
            NoteFirstPacket(run, speech.FirstVoicedPosition, now);
            return TurnTrigger.ReplyStarted;
        }
        if (speech.IsPaused)
            return null;
        if (IsLost(run, speech, now))
            Mend(run, "synthesiser", run.VoiceFailure!, now);
        else if (run.IsRead && speech.IsFinished)
            return Finish(run, now);
        else
            Wait(run, speech, now);
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
        new(++_turn, dialogue.Respond(turn), inbox, guess) { Manner = _manners.Over(speaker.Manner, Mood), Mood = Mood };

    private void NoteFirstPacket(ReplyRun run, long position, TimeSpan now)
    {
        if (_caller is not { } caller)
        {
            timeline.Append(new TimelineEvent.FirstPacket(run.Turn, null) { At = now });
            return;
        }
        TimeSpan from = AudioFormat.ToTime(caller.LastVoiced), gap = AudioFormat.ToTime(position - caller.LastVoiced);
        timeline.Append(new TimelineEvent.FirstPacket(run.Turn, gap) { At = now });
        timeline.Append(new TimelineEvent.TurnLatency(
            run.Turn, caller.EndpointAt - from, caller.FinalAt - from, run.FirstTokenAt - from, run.FirstAudioAt - from, gap, run.Guess is not null)
        { At = now });
    }

    private void NoteSwitch(SpeculationSwitch? change, TimeSpan now)
    {
        if (change is not null)
            timeline.Append(new TimelineEvent.SpeculationSwitched(change.IsOn, change.HitRate, change.TrialAfter) { At = now });
    }

    private void Commit(TimeSpan now, CallerTurn? caller)
    {
        ReplyRun run = _current!;
        _caller = caller;
        _patience.Begin(now);
        run.Commit();
        _manners.Stand(run.Manner, run.Mood);
        queue.Open(run.Turn);
        foreach (DialogueAction action in run.Held)
            _effects.Apply(run, action, now);
        run.Held.Clear();
    }

    private void Say(ReplyRun run, string text, string? path, bool interruptible)
    {
        run.Characters += text.Length;
        speaker.Say(run.Turn, text, path, interruptible, run.Manner, run.CancellationToken);
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

    /// <summary>
    /// Nothing of the reply was heard, nor will be, because the voice failed. A dialogue that still talks may yet say
    /// something that the voice can, but not for longer than a caller hears nothing. A conclusion needs no words.
    /// </summary>
    private bool IsLost(ReplyRun run, in SpeechStatus speech, TimeSpan now) =>
        run is { VoiceFailure: not null, HasWords: false, Conclusion: null } && speech.IsFinished
        && (run.IsRead || _patience.Quiet(now, speech) >= options.FillerAfter);

    private void Wait(ReplyRun run, in SpeechStatus speech, TimeSpan now)
    {
        switch (_patience.Decide(now, speech))
        {
            case ReplyDue.Filler:
                timeline.Append(new TimelineEvent.Failure(
                    speech.IsFinished ? Dialogue : "synthesiser", $"nothing to hear after {_patience.Quiet(now, speech).TotalSeconds:0.#} s", "filler") { At = now });
                SayFiller(run);
                break;
            case ReplyDue.VoiceFailed:
                GiveUp(run, "synthesiser", $"nothing to hear after {_patience.Quiet(now, speech).TotalSeconds:0.#} s", now);
                break;
            case ReplyDue.NothingCame:
                GiveUp(run, speech.IsFinished ? Dialogue : "synthesiser", $"nothing for {options.ReplyTimeout.TotalSeconds:0.#} s", now);
                break;
        }
    }

    private void SayFiller(ReplyRun run)
    {
        // A prompt of other words than the agent's own would not be his.
        (IReadOnlyList<string> fillers, string? prompt) = run.Manner.Sound.Fillers is { Count: > 0 } own
            ? (own, null)
            : (options.SpokenErrors.Fillers, options.SpokenErrors.FillerPrompt);
        if (fillers.Count == 0)
            return;
        int next = prompt is null ? _fillersSaid++ % fillers.Count : 0;
        speaker.SayFiller(run.Turn, fillers[next], prompt, run.Manner, run.CancellationToken);
    }

    /// <summary>What was still to be heard of a reply never will be.</summary>
    private void GiveUp(ReplyRun run, string who, string error, TimeSpan now)
    {
        if (queue.Cut() is { Length: > 0 } heard)
            TellHeard(run.Turn, heard, now);
        if (run.Conclusion is null)
        {
            Mend(run, who, error, now);
            return;
        }
        timeline.Append(new TimelineEvent.Failure(who, error, "went on without the last words") { At = now });
        run.IsRead = true;
    }

    /// <summary>A reply failed; another takes its place. What is still to be heard of it is heard.</summary>
    private void Mend(ReplyRun failed, string who, string error, TimeSpan now)
    {
        (SpokenError reply, string consequence) = _mender.Next(error, isDialogue: who == Dialogue);
        timeline.Append(new TimelineEvent.Failure(who, error, consequence) { At = now });
        Close(ref _current);
        _current = new ReplyRun(++_turn, reply, inbox, null) { IsMend = true, Manner = failed.Manner, Mood = failed.Mood };
        Commit(now, _caller);
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
