using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Campaigns.Conversing;

/// <summary>Our own words, then the agent's, then the end.</summary>
/// <param name="agent">The agent's reply; null where he has no say.</param>
/// <param name="last">What ends the reply instead of the agent.</param>
/// <param name="effect">When the reply stands.</param>
/// <param name="before">Our words, as the contact hears them before the agent's.</param>
internal sealed class OutboundReply(OutboundDialogue owner, IReadOnlyList<DialogueAction> first, IDialogueReply? agent, DialogueAction? last, Action effect, string before) : IDialogueReply
{
    private bool _committed;

    public async IAsyncEnumerable<DialogueAction> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (DialogueAction action in first)
            yield return action;
        if (agent is not null)
        {
            await foreach (DialogueAction action in agent.ReadAsync(cancellationToken).ConfigureAwait(false))
                yield return action is DialogueAction.Listen listen ? new DialogueAction.Listen(owner.WithOptOut(listen.Expectation)) : action;
        }
        if (last is not null)
            yield return last;
    }

    public void Commit()
    {
        if (_committed)
            return;
        _committed = true;
        owner.Commit(effect, before);
        agent?.Commit();
    }

    public ValueTask DisposeAsync() => agent?.DisposeAsync() ?? ValueTask.CompletedTask;
}
