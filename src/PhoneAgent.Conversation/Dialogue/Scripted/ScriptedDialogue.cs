using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>Makes a dialogue per call out of one agent file. Thread-safe.</summary>
public sealed class ScriptedDialogueFactory
{
    private readonly Dictionary<string, ILookup> _lookups;
    private readonly TimeProvider _time;

    /// <param name="client">For lookups by HTTP; owned by the caller of this constructor.</param>
    /// <param name="time">Tells today's date, and how far into the call something was said.</param>
    public ScriptedDialogueFactory(AgentDefinition agent, HttpClient client, TimeProvider time)
        : this(agent, agent?.Lookups.ToDictionary(pair => pair.Key, pair => Make(pair.Value, client, time))!, time)
    {
    }

    /// <param name="lookups">What answers each lookup of the file, by name.</param>
    public ScriptedDialogueFactory(AgentDefinition agent, IReadOnlyDictionary<string, ILookup> lookups, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(agent);
        (Agent, _time) = (agent, time);
        _lookups = new Dictionary<string, ILookup>(lookups, StringComparer.Ordinal);
    }

    public AgentDefinition Agent { get; }

    public IDialogue Create(CallInfo call) => new ScriptedDialogue(Agent, _lookups, _time, call);

    private static ILookup Make(LookupSource source, HttpClient client, TimeProvider time) => source switch
    {
        CsvLookupSource csv => csv.Table,
        HttpLookupSource http => new HttpLookup(client, http, time),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}

/// <summary>A call that follows a script.</summary>
internal sealed class ScriptedDialogue : IDialogue
{
    private readonly AgentDefinition _agent;
    private readonly IReadOnlyDictionary<string, ILookup> _lookups;
    private readonly TimeProvider _time;
    private readonly CallInfo _call;
    private readonly long _started;
    private readonly Lock _gate = new();
    private DialogueState _state = new();
    private string _unheard = "";
    private TimeSpan _listeningSince;

    public ScriptedDialogue(AgentDefinition agent, IReadOnlyDictionary<string, ILookup> lookups, TimeProvider time, CallInfo call)
    {
        (_agent, _lookups, _time, _call) = (agent, lookups, time, call);
        _started = time.GetTimestamp();
    }

    public IDialogueReply Respond(DialogueTurn turn)
    {
        lock (_gate)
        {
            var moment = new CallMoment(_call, _time.GetLocalNow(), _listeningSince, _time.GetElapsedTime(_started), _unheard);
            return new ScriptedReply(this, new TurnRunner(_agent, _lookups, moment, _state), turn);
        }
    }

    public void Heard(string text, bool interrupted)
    {
        lock (_gate)
        {
            _listeningSince = _time.GetElapsedTime(_started);
            _unheard = interrupted ? Unheard(string.Join(' ', _state.LastContent), text) : "";
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Adopt(DialogueState state)
    {
        lock (_gate)
        {
            _state = state;
            _unheard = "";
            _listeningSince = _time.GetElapsedTime(_started);
        }
    }

    /// <summary>What is left from the beginning of the sentence that was cut.</summary>
    private static string Unheard(string said, string heard)
    {
        int cut = heard.TrimEnd().Length;
        if (cut >= said.Length || !said.StartsWith(heard.TrimEnd(), StringComparison.Ordinal))
            return "";
        int sentence = cut == 0 ? -1 : said.LastIndexOfAny(['.', '?', '!'], cut - 1);
        return said[(sentence + 1)..].Trim();
    }
}

/// <summary>When and in which call a reply is made.</summary>
/// <param name="ListeningSince">Into the call, when the agent stopped speaking last.</param>
/// <param name="Offset">Into the call, now.</param>
/// <param name="Unheard">What the caller cut off of the last reply.</param>
internal sealed record CallMoment(CallInfo Call, DateTimeOffset Now, TimeSpan ListeningSince, TimeSpan Offset, string Unheard);

/// <summary>One reply. Its state becomes the dialogue's when it is both committed and at its end.</summary>
internal sealed class ScriptedReply(ScriptedDialogue owner, TurnRunner runner, DialogueTurn turn) : IDialogueReply
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private bool _read;
    private bool _committed;
    private bool _ended;
    private bool _adopted;

    public async IAsyncEnumerable<DialogueAction> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_read)
                throw new InvalidOperationException("A reply is read once.");
            _read = true;
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await foreach (DialogueAction action in runner.RunAsync(turn, either.Token).ConfigureAwait(false))
                yield return action;
        }
        finally
        {
            lock (_gate)
                _ended = true;
            AdoptIfDue();
        }
    }

    public void Commit()
    {
        lock (_gate)
            _committed = true;
        AdoptIfDue();
    }

    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        bool never;
        lock (_gate)
        {
            // Committed but never read to its end: what it got to is where the call stands.
            never = _committed && !_read;
            _ended |= never;
        }
        AdoptIfDue();
        return ValueTask.CompletedTask;
    }

    private void AdoptIfDue()
    {
        lock (_gate)
        {
            if (!_committed || !_ended || _adopted)
                return;
            _adopted = true;
        }
        owner.Adopt(runner.State);
    }
}
