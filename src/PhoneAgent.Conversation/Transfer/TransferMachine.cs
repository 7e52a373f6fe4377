using System.Collections.Frozen;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>
/// One transfer of a caller to a human: takes what happened and when, returns what to do. It starts no timer and calls
/// nobody. Not thread-safe; the session loop owns it.
/// </summary>
public sealed class TransferMachine
{
    private static readonly FrozenDictionary<(TransferState, TransferTrigger), TransferRow> Rows =
        TransferTable.Rows.ToFrozenDictionary(row => (row.From, row.On));

    public TransferState State { get; private set; } = TransferState.Choosing;

    /// <summary>When the present state was entered.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>The caller left to a human, with us in the media path or without.</summary>
    public bool HasSucceeded { get; private set; }

    /// <summary>Takes a trigger. What the table does not list changes nothing and returns no actions.</summary>
    /// <param name="trigger">What happened.</param>
    /// <param name="at">Media time.</param>
    public IReadOnlyList<TransferAction> Fire(TransferTrigger trigger, TimeSpan at)
    {
        if (!Rows.TryGetValue((State, trigger), out TransferRow? row))
            return [];
        if (row.To != State)
            (State, Since) = (row.To, at);
        HasSucceeded |= State is TransferState.Bridged or TransferState.Referred;
        return row.Actions;
    }
}
