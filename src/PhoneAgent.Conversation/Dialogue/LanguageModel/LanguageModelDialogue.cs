using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>Makes a dialogue per call out of one agent file and a model. Thread-safe.</summary>
public sealed class LanguageModelDialogueFactory
{
    private readonly ModelParts _parts;

    /// <param name="agent">With a <see cref="AgentDefinition.Model"/>.</param>
    /// <param name="client">The model, or a chain of them; owned by the caller of this constructor.</param>
    /// <param name="tools">All that this agent may call.</param>
    /// <param name="knowledge">For passages with every turn (<see cref="KnowledgeDefinition.EachTurn"/>); null for none.</param>
    /// <param name="time">Tells today's date and bounds every wait.</param>
    public LanguageModelDialogueFactory(AgentDefinition agent, IChatClient client, ToolBox tools, IKnowledge? knowledge, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(agent);
        if (agent.Model is null)
            throw new ArgumentException("The agent has no section 'model'.", nameof(agent));
        _parts = new ModelParts(agent, client, tools, agent.Knowledge is { EachTurn: true } ? knowledge : null, time);
    }

    /// <summary>The dialogue of one call.</summary>
    /// <param name="handed">What it takes over; null for a call that begins.</param>
    public LanguageModelDialogue Create(CallInfo call, Handed? handed = null) => new(_parts, call, handed);
}

/// <summary>A call in which a language model speaks: from its tokens to sentences, tools and what the caller heard of it.</summary>
public sealed class LanguageModelDialogue : IDialogue, ITeamDialogue
{
    private const int TurnsBetweenTries = 4;
    private const int MaxHints = 8;

    private readonly ModelParts _parts;
    private readonly CallInfo _call;
    private readonly Handed? _handed;
    private readonly DateTimeOffset _startedAt;
    private readonly TokenEstimate _estimate = new();
    private readonly Summarizer _summarizer;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _leftovers = [];
    private readonly List<TimelineEvent> _pending = [];
    private ImmutableList<string> _hints = [];
    private History _history = History.Empty;
    private ReplyState _state;
    private ModelReply? _standing;
    private bool _isSummarizing;
    private int _notBefore;

    internal LanguageModelDialogue(ModelParts parts, CallInfo call, Handed? handed)
    {
        (_parts, _call, _handed) = (parts, call, handed);
        _startedAt = parts.Time.GetLocalNow();
        _state = ReplyState.Begin(handed?.Language ?? parts.Agent.Language);
        _summarizer = new Summarizer(parts.Client, parts.Time);
        foreach (TranscriptLine line in handed?.Transcript ?? [])
            _history = _history.Add(new Exchange(TurnNote.Plain(line.Caller)) { Heard = line.Agent });
    }

    Func<string, string?>? ITeamDialogue.RefusesHandOver { get; set; }

    void ITeamDialogue.HeardOfBefore(string text)
    {
        lock (_gate)
        {
            int last = (_handed?.Transcript.Count ?? 0) - 1;
            // Nothing is summarised before the first words of this agent were heard.
            if (last >= 0 && last < _history.Exchanges.Count)
                _history = _history with { Exchanges = _history.Exchanges.SetItem(last, _history.Exchanges[last] with { Heard = text, Interrupted = true }) };
        }
    }

    public IDialogueReply Respond(DialogueTurn turn)
    {
        lock (_gate)
        {
            // What stands is told as it is: nobody has said yet what was heard of it.
            ReplyState state = _standing?.State ?? _state;
            History history = _standing is null ? _history : _history.Add(state.Exchange);
            var snapshot = new TurnSnapshot(_call, _startedAt, history, state with { Exchange = new Exchange("") }, _handed, _estimate, [.. _pending]) { Hints = _hints };
            _pending.Clear();
            return new ModelReply(this, _parts, snapshot, turn);
        }
    }

    public void Heard(string text, bool interrupted)
    {
        lock (_gate)
        {
            if (_standing is not null)
                Close(exchange => exchange.HeardAs(text, interrupted));
            else if (text.Length > 0)
                _history = _history.Add(new Exchange("") { Heard = text, Interrupted = interrupted }); // the session's own words
            SummarizeWhenDue();
        }
    }

    public string? Whisper(string hint)
    {
        lock (_gate)
        {
            if (_hints.Count >= MaxHints)
                return "Enough hints wait for the agent's next turn.";
            _hints = _hints.Add(hint);
            return null;
        }
    }

    /// <summary>Ends with what goes on beside the conversation now; for tests.</summary>
    internal Task WhenQuietAsync()
    {
        lock (_gate)
            return Task.WhenAll(_leftovers);
    }

    /// <summary>Somebody else answered a turn (the script while the models failed): the model goes on from there.</summary>
    internal void Overhear(string caller, string heard)
    {
        lock (_gate)
            _history = _history.Add(new Exchange(TurnNote.Plain(caller)) { Heard = heard });
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        Task[] leftovers;
        lock (_gate)
            leftovers = [.. _leftovers];
        await Task.WhenAll(leftovers).ConfigureAwait(false);
        _over.Dispose();
    }

    /// <summary>The reply stands: where it leads is where the call is.</summary>
    internal void Stand(ModelReply reply)
    {
        lock (_gate)
        {
            if (_standing is not null)
                Close(exchange => exchange);
            _standing = reply;
            // Those that came while it was made are for the next one.
            _hints = _hints.RemoveRange(0, Math.Min(_hints.Count, reply.Hints));
        }
    }

    /// <summary>Takes work that goes on behind a reply; it is awaited at the end of the call.</summary>
    internal void Leave(Task work)
    {
        lock (_gate)
        {
            _leftovers.RemoveAll(task => task.IsCompleted);
            if (!work.IsCompleted)
                _leftovers.Add(work);
        }
    }

    private void Close(Func<Exchange, Exchange> finish)
    {
        _state = _standing!.State;
        _history = _history.Add(finish(_state.Exchange));
        _standing = null;
    }

    private void SummarizeWhenDue()
    {
        int count = _isSummarizing || _over.IsCancellationRequested ? 0 : _history.DueForSummary(_estimate, _parts.Model.TokenBudget);
        if (count < Math.Max(1, _notBefore))
            return;
        _isSummarizing = true;
        _leftovers.Add(SummarizeAsync(_history, count));
    }

    private async Task SummarizeAsync(History history, int count)
    {
        // Not on the session's loop.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        string? summary = await _summarizer.SummarizeAsync(history, count, Report, _over.Token).ConfigureAwait(false);
        lock (_gate)
        {
            _isSummarizing = false;
            // Exchanges are only ever added at the end, so that the oldest are still the same.
            if (summary is not null)
                _history = _history.Summarized(count, summary);
            // A model that cannot is asked again when there is more to it; until then requests leave the oldest turns out.
            _notBefore = summary is null ? count + TurnsBetweenTries : 0;
        }
    }

    private void Report(TimelineEvent happened)
    {
        lock (_gate)
        {
            if (_pending.Count < 32)
                _pending.Add(happened);
        }
    }
}
