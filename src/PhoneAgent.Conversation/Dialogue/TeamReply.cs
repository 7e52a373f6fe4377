using System.Runtime.CompilerServices;
using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>One reply of an <see cref="AgentTeam"/>: begun by one agent, perhaps finished by another.</summary>
internal sealed class TeamReply(AgentTeam owner, CallInfo call, DialogueTurn turn, AgentTeam.Speaker first) : IDialogueReply
{
    private readonly IDialogueReply _first = first.Dialogue.Respond(turn);
    private readonly TaskCompletionSource _stands = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly StringBuilder _said = new();
    private AgentTeam.Speaker _speaker = first;
    private readonly List<IDialogueReply> _next = [];
    private string _saidBefore = "";
    private string? _language;

    /// <summary>Who has the call after this reply, as far as is known now.</summary>
    public AgentTeam.Speaker Speaker
    {
        get
        {
            lock (_gate)
                return _speaker;
        }
    }

    /// <summary>What agents said in this reply before they handed over.</summary>
    public string SaidBefore
    {
        get
        {
            lock (_gate)
                return _saidBefore;
        }
    }

    /// <summary>What the caller said.</summary>
    public string Words => turn switch
    {
        DialogueTurn.CallerSaid said => said.Result.Text,
        DialogueTurn.CallerPressed pressed => $"(keys {pressed.Digits})",
        _ => "",
    };

    public async IAsyncEnumerable<DialogueAction> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IDialogueReply reply = _first;
        while (true)
        {
            DialogueAction.HandOver? handOver = null;
            await foreach (DialogueAction action in reply.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                handOver = action as DialogueAction.HandOver;
                if (handOver is not null)
                    break;
                Keep(action);
                yield return action;
            }
            if (handOver is null)
                yield break;
            // Another agent, its voice and its tools: nothing of that on a guess.
            await _stands.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            AgentTeam.Speaker from = Speaker;
            if (owner.HandOver(from, handOver, Words, _said.ToString().Trim()) is not { } to)
            {
                foreach (DialogueAction action in Refused(from.Member.Agent, handOver))
                    yield return action;
                yield break;
            }
            string reason = handOver.Reason.Length > 0 ? handOver.Reason : "not given";
            yield return new DialogueAction.Report(new TimelineEvent.AgentChanged(from.Name, to.Name, reason) { At = TimeSpan.Zero });
            AgentLanguage language = to.Member.SpeaksIn(owner.Language);
            yield return new DialogueAction.UseVoice(language.Voice, language.Tag) { Sound = to.Member.Agent.Sound, Agent = to.Member.Agent };
            reply = Continue(to);
        }
    }

    public void Commit()
    {
        if (_stands.Task.IsCompleted)
            return;
        _first.Commit();
        owner.Stand(this);
        _stands.TrySetResult();
        lock (_gate)
            owner.Language = _language ?? owner.Language;
    }

    public async ValueTask DisposeAsync()
    {
        IDialogueReply[] next;
        lock (_gate)
            next = [.. _next];
        await _first.DisposeAsync().ConfigureAwait(false);
        foreach (IDialogueReply reply in next)
            await reply.DisposeAsync().ConfigureAwait(false);
    }

    private IDialogueReply Continue(AgentTeam.Speaker to)
    {
        // The turn stands already, so that the next agent's reply does, too.
        IDialogueReply next = to.Dialogue.Respond(new DialogueTurn.CallStarted(call));
        next.Commit();
        lock (_gate)
        {
            _speaker = to;
            _next.Add(next);
            _saidBefore = _said.ToString().Trim();
        }
        return next;
    }

    private void Keep(DialogueAction action)
    {
        if (action is DialogueAction.Say { Text: var text })
            _said.Append(text).Append(' ');
        else if (action is DialogueAction.UseVoice { Language: { } language })
        {
            lock (_gate)
                _language = language;
            if (_stands.Task.IsCompleted)
                owner.Language = language;
        }
    }

    /// <summary>A script that hands over once too often, or to nobody: a person, or the caller is asked.</summary>
    private static IEnumerable<DialogueAction> Refused(AgentDefinition agent, DialogueAction.HandOver handOver)
    {
        string wording = agent.HumanTarget is null ? "no_human" : "human";
        yield return new DialogueAction.Report(new TimelineEvent.Failure(agent.Name, $"could not hand the call over to '{handOver.Agent}'", agent.HumanTarget is null ? "goes on" : "transfers to a person") { At = TimeSpan.Zero });
        foreach (Template text in agent.Wordings[wording].Take(1))
            yield return new DialogueAction.Say(text.Render(name => agent.Variables.GetValueOrDefault(name, "")));
        yield return agent.HumanTarget is { } human
            ? agent.TransferTo(human, handOver.Reason)
            : new DialogueAction.Listen(new Expectation { FreeText = true });
    }
}
