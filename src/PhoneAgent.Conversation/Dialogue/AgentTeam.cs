using System.Collections.Immutable;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>An agent that others may hand a call to.</summary>
/// <param name="Voice">The voice it speaks with; null: the one that is in use.</param>
/// <param name="Create">Makes its dialogue; what it is handed is null for a call that begins with it.</param>
public sealed record TeamMember(AgentDefinition Agent, string? Voice, Func<CallInfo, Handed?, IDialogue> Create)
{
    /// <summary>The language to go on in, when the caller speaks <paramref name="language"/>.</summary>
    internal AgentLanguage SpeaksIn(string? language) =>
        Agent.Languages.FirstOrDefault(one => one.Tag == language) ?? new AgentLanguage(Agent.Language, Voice, null);
}

/// <summary>
/// Several agents that share a call: one speaks, and may hand the call to another, with what has been said and why. A
/// hand-over happens only once the turn stands, and only so often: agents that send a caller round in circles lose him to
/// a person.
/// </summary>
public sealed class AgentTeam : IDialogue
{
    /// <summary>In one call. A caller who has been passed on so often wants a person.</summary>
    public const int MaxHandOvers = 5;

    private readonly IReadOnlyDictionary<string, TeamMember> _members;
    private readonly CallInfo _call;
    private readonly Lock _gate = new();
    private readonly List<IDialogue> _dialogues = [];
    private Speaker _current;
    private ImmutableList<TranscriptLine> _transcript = [];
    private TeamReply? _standing;
    private int _handOvers;
    private string? _language;

    /// <param name="members">All agents, by name.</param>
    /// <param name="first">Who answers.</param>
    public AgentTeam(IReadOnlyDictionary<string, TeamMember> members, string first, CallInfo call)
    {
        ArgumentNullException.ThrowIfNull(members);
        (_members, _call) = (members, call);
        _current = Make(first, null);
    }

    /// <summary>An agent in this call.</summary>
    internal sealed record Speaker(string Name, TeamMember Member, IDialogue Dialogue);

    /// <summary>The agent that speaks now.</summary>
    public string Current
    {
        get
        {
            lock (_gate)
                return (_standing?.Speaker ?? _current).Name;
        }
    }

    public IDialogueReply Respond(DialogueTurn turn)
    {
        lock (_gate)
        {
            Settle();
            return new TeamReply(this, _call, turn, _current);
        }
    }

    public void Heard(string text, bool interrupted)
    {
        lock (_gate)
        {
            Settle();
            _transcript = _transcript.Add(new TranscriptLine(_standing?.Words ?? "", text));
            // What the agent before has said in the same reply was not said by this one.
            string before = _standing?.SaidBefore ?? "";
            if (before.Length == 0)
                _current.Dialogue.Heard(text, interrupted);
            else if (text.StartsWith(before, StringComparison.Ordinal))
                _current.Dialogue.Heard(text[before.Length..].Trim(), interrupted);
            else
                HeardOfBefore(text, interrupted);
            _standing = null;
        }
    }

    /// <summary>Not even what the agent before said was heard to its end.</summary>
    private void HeardOfBefore(string text, bool interrupted)
    {
        (_current.Dialogue as ITeamDialogue)?.HeardOfBefore(text);
        _current.Dialogue.Heard("", interrupted);
    }

    public string? Whisper(string hint)
    {
        lock (_gate)
        {
            IDialogue speaks = (_standing?.Speaker ?? _current).Dialogue;
            return speaks.Whisper(hint);
        }
    }

    public async ValueTask DisposeAsync()
    {
        IDialogue[] dialogues;
        lock (_gate)
            dialogues = [.. _dialogues];
        foreach (IDialogue dialogue in dialogues)
            await dialogue.DisposeAsync().ConfigureAwait(false);
    }

    internal void Stand(TeamReply reply)
    {
        lock (_gate)
        {
            Settle();
            _standing = reply;
        }
    }

    /// <summary>Makes the next speaker; null when the agent is unknown or the call was handed over too often.</summary>
    internal Speaker? HandOver(Speaker from, DialogueAction.HandOver handOver, string callerWords, string saidBefore)
    {
        lock (_gate)
        {
            if (Refuses(from, handOver.Agent) is not null)
                return null;
            _handOvers++;
            ImmutableList<TranscriptLine> transcript = _transcript.Add(new TranscriptLine(callerWords, saidBefore));
            return Make(handOver.Agent, new Handed(from.Name, handOver.Reason, _members[handOver.Agent].SpeaksIn(_language).Tag, transcript));
        }
    }

    /// <summary>The language that is spoken now.</summary>
    internal string? Language
    {
        get
        {
            lock (_gate)
                return _language;
        }
        set
        {
            lock (_gate)
                _language = value;
        }
    }

    private string? Refuses(Speaker from, string agent) =>
        !_members.ContainsKey(agent) ? $"there is no agent '{agent}'"
        : agent == from.Name ? "that is you"
        : _handOvers >= MaxHandOvers ? "the caller has been handed over too often"
        : null;

    private Speaker Make(string name, Handed? handed)
    {
        IDialogue dialogue = _members[name].Create(_call, handed);
        var speaker = new Speaker(name, _members[name], dialogue);
        _dialogues.Add(dialogue);
        if (dialogue is ITeamDialogue asks)
        {
            asks.RefusesHandOver = agent =>
            {
                lock (_gate)
                    return Refuses(speaker, agent);
            };
        }
        return speaker;
    }

    private void Settle()
    {
        if (_standing is { } reply)
            _current = reply.Speaker;
    }
}

/// <summary>A dialogue that wants to know before it hands a call over.</summary>
internal interface ITeamDialogue
{
    /// <summary>Says why a call cannot go to an agent now, or null. Null itself where there is no team.</summary>
    Func<string, string?>? RefusesHandOver { get; set; }

    /// <summary>Of the last words of the agent before, only these were heard.</summary>
    void HeardOfBefore(string text);
}
