#if WITH_STATELESS
using Stateless;
#endif

namespace PhoneAgent.Conversation.Turns;

/// <summary>
/// The turns of one call: takes what happened and when, returns what to do. It starts no timer and calls nobody.
/// Not thread-safe; the session loop owns it.
/// </summary>
public sealed class TurnMachine
{
    private readonly StateMachine<TurnState, TurnTrigger> _machine;
    private readonly Dictionary<(TurnState, TurnTrigger), TurnRow> _rows;
    private TurnState _divertedFrom = TurnState.Listening;

    public TurnMachine()
    {
        _rows = TurnTable.Rows.ToDictionary(row => (row.From, row.On));
        _machine = new StateMachine<TurnState, TurnTrigger>(TurnState.Greeting);
        foreach (TurnRow row in TurnTable.Rows)
        {
            if (row.To is not { } to)
                _machine.Configure(row.From).PermitDynamic(row.On, () => _divertedFrom);
            else if (to == row.From)
                _machine.Configure(row.From).PermitReentry(row.On);
            else
                _machine.Configure(row.From).Permit(row.On, to);
        }
        _machine.OnUnhandledTrigger((_, _) => { });
    }

    public TurnState State => _machine.State;

    /// <summary>When the present state was entered.</summary>
    public TimeSpan Since { get; private set; }

    /// <summary>Takes a trigger. What the table does not list changes nothing and returns no actions.</summary>
    /// <param name="trigger">What happened.</param>
    /// <param name="at">Media time.</param>
    public TurnStep Fire(TurnTrigger trigger, TimeSpan at)
    {
        TurnState from = State;
        if (!_rows.TryGetValue((from, trigger), out TurnRow? row))
            return new TurnStep(from, from, [], IsListed: false);
        if (row.To is TurnState.MaybeInterrupted or TurnState.OnHold && from != row.To)
            _divertedFrom = Resumable(from);
        else if (row.To == from && row.Actions.Any(IsReply))
            _divertedFrom = TurnState.Thinking;
        _machine.Fire(trigger);
        if (State != from)
            Since = at;
        return new TurnStep(from, State, row.Actions, IsListed: true);
    }

    private static bool IsReply(TurnAction action) => action
        is TurnAction.ReplyToUtterance or TurnAction.ReplyToNotUnderstood or TurnAction.ReplyToFailedTransfer;

    /// <summary>Where a call that was diverted goes on, unless a reply is begun meanwhile: a caller whose words were lost is listened to again.</summary>
    private TurnState Resumable(TurnState state) => state switch
    {
        TurnState.CallerSpeaking or TurnState.MaybeDone => TurnState.Listening,
        TurnState.MaybeInterrupted => _divertedFrom,
        _ => state,
    };
}

/// <summary>One step of the machine.</summary>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="Actions">What to do, in order.</param>
/// <param name="IsListed">The table has a row for it; otherwise nothing has changed.</param>
public readonly record struct TurnStep(TurnState From, TurnState To, IReadOnlyList<TurnAction> Actions, bool IsListed);
