using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>Makes a dialogue per call out of one agent file. Thread-safe.</summary>
public sealed class ScriptedDialogueFactory
{
    private readonly Dictionary<string, ILookup> _lookups;
    private readonly TimeProvider _time;

    /// <param name="client">For lookups by HTTP; owned by the caller of this constructor.</param>
    /// <param name="time">Tells today's date, and how far into the call something was said.</param>
    public ScriptedDialogueFactory(AgentDefinition agent, HttpClient client, TimeProvider time)
        : this(agent, agent?.Lookups.ToDictionary(pair => pair.Key, pair => LookupOf(pair.Value, client, time))!, time)
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

    /// <summary>The dialogue of one call.</summary>
    /// <param name="handed">What it takes over (<c>{handover.from}</c>, <c>{handover.reason}</c>); null for a call that begins.</param>
    public IDialogue Create(CallInfo call, Handed? handed = null) => CreateScript(call, handed);

    internal ScriptedDialogue CreateScript(CallInfo call, Handed? handed) => new(Agent, _lookups, _time, call, handed);

    /// <summary>What answers a lookup of an agent file.</summary>
    public static ILookup LookupOf(LookupSource source, HttpClient client, TimeProvider time) => source switch
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
    private readonly long _started;
    private readonly Lock _gate = new();
    private DialogueState _state;
    private ScriptedReply? _standing;
    private string _unheard = "";
    private TimeSpan _listeningSince;

    public ScriptedDialogue(AgentDefinition agent, IReadOnlyDictionary<string, ILookup> lookups, TimeProvider time, CallInfo call, Handed? handed)
    {
        (_agent, _lookups, _time) = (agent, lookups, time);
        _state = new DialogueState { Call = call };
        if (handed is not null)
            _state = _state with { Variables = _state.Variables.SetItem("handover.from", handed.From).SetItem("handover.reason", handed.Reason) };
        _started = time.GetTimestamp();
    }

    public CallInfo Call => _state.Call!;

    /// <summary>The question that stands has an answer in these words.</summary>
    public bool Understands(RecognitionResult result)
    {
        lock (_gate)
        {
            Settle();
            return Expecting.AskOf(_agent, _state.AskStep) is not null
                && new Understanding(_agent, _state, DateOnly.FromDateTime(_time.GetLocalNow().DateTime)).OfWords(result) is var understood
                && understood is not Understood.Nothing && understood.Confidence >= _agent.Confidence.Confirm;
        }
    }

    public IDialogueReply Respond(DialogueTurn turn)
    {
        lock (_gate)
        {
            Settle();
            var moment = new CallMoment(_time.GetLocalNow(), _listeningSince, _time.GetElapsedTime(_started), _unheard);
            return new ScriptedReply(this, new TurnRunner(_agent, _lookups, moment, _state), turn);
        }
    }

    public void Heard(string text, bool interrupted)
    {
        lock (_gate)
        {
            Settle();
            _listeningSince = _time.GetElapsedTime(_started);
            _unheard = interrupted ? Unheard(string.Join(' ', _state.LastContent), text) : "";
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The reply stands: where it leads is where the call is.</summary>
    internal void Stand(ScriptedReply reply)
    {
        lock (_gate)
        {
            Settle();
            _standing = reply;
            _unheard = "";
            _listeningSince = _time.GetElapsedTime(_started);
        }
    }

    /// <summary>
    /// Takes over where the standing reply has got to. It may not be at its end, when the caller cut it off during a lookup; then
    /// the last question stands, with the answer to it already taken.
    /// </summary>
    private void Settle()
    {
        if (_standing is not { } reply)
            return;
        // In this order: what is read after the end is final.
        bool isFinal = reply.IsEnded;
        _state = reply.State;
        if (isFinal)
            _standing = null;
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

/// <summary>When a reply is made.</summary>
/// <param name="ListeningSince">Into the call, when the agent stopped speaking last.</param>
/// <param name="Offset">Into the call, now.</param>
/// <param name="Unheard">What the caller cut off of the last reply.</param>
internal sealed record CallMoment(DateTimeOffset Now, TimeSpan ListeningSince, TimeSpan Offset, string Unheard);

/// <summary>One reply. The dialogue follows its state from the commit on; without it nobody ever sees that state.</summary>
internal sealed class ScriptedReply(ScriptedDialogue owner, TurnRunner runner, DialogueTurn turn) : IDialogueReply
{
    private readonly CancellationTokenSource _stop = new();
    private int _read;
    private volatile bool _isEnded;
    private bool _committed;

    /// <summary>Where the script stands, as far as the reply has been read. Safe from any thread.</summary>
    public DialogueState State => runner.State;

    /// <summary>Nothing will change <see cref="State"/> any more.</summary>
    public bool IsEnded => _isEnded;

    public async IAsyncEnumerable<DialogueAction> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0)
            throw new InvalidOperationException("A reply is read once.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await foreach (DialogueAction action in runner.RunAsync(turn, either.Token).ConfigureAwait(false))
                yield return action;
        }
        finally
        {
            _isEnded = true;
        }
    }

    public void Commit()
    {
        if (_committed)
            return;
        _committed = true;
        owner.Stand(this);
    }

    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        return ValueTask.CompletedTask;
    }
}
