namespace PhoneAgent.Telephony.Sip.Transactions;

public readonly record struct SipTransition(
    SipTransactionState From, SipTransactionEvent On, SipTransactionState To, SipTransactionActions Actions);

/// <summary>A state machine as data. What a state does not list for an event, it ignores: that is how repetitions are absorbed.</summary>
public sealed class SipTransitionTable
{
    private static readonly int s_eventCount = Enum.GetValues<SipTransactionEvent>().Length;
    private readonly SipTransition?[] _cells = new SipTransition?[Enum.GetValues<SipTransactionState>().Length * s_eventCount];

    internal SipTransitionTable(params ReadOnlySpan<SipTransition> transitions)
    {
        foreach (SipTransition transition in transitions)
        {
            ref SipTransition? cell = ref _cells[((int)transition.From * s_eventCount) + (int)transition.On];
            if (cell is not null)
                throw new ArgumentException($"{transition.From} lists {transition.On} twice.", nameof(transitions));
            cell = transition;
        }
    }

    public SipTransition? Find(SipTransactionState state, SipTransactionEvent on) =>
        _cells[((int)state * s_eventCount) + (int)on];
}
