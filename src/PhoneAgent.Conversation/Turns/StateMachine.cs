#if !WITH_STATELESS
namespace PhoneAgent.Conversation.Turns;

/// <summary>
/// Stands in for the Stateless package where the registry lacks it: the few members that <see cref="TurnMachine"/>
/// uses, with the same meaning.
/// </summary>
internal sealed class StateMachine<TState, TTrigger>(TState initialState)
    where TState : notnull
    where TTrigger : notnull
{
    private readonly Dictionary<TState, StateConfiguration> _states = [];
    private Action<TState, TTrigger>? _onUnhandled;

    public TState State { get; private set; } = initialState;

    public StateConfiguration Configure(TState state)
    {
        if (!_states.TryGetValue(state, out StateConfiguration? configuration))
            _states.Add(state, configuration = new StateConfiguration(state));
        return configuration;
    }

    public void OnUnhandledTrigger(Action<TState, TTrigger> action) => _onUnhandled = action;

    public void Fire(TTrigger trigger)
    {
        if (_states.TryGetValue(State, out StateConfiguration? configuration)
            && configuration.Destinations.TryGetValue(trigger, out Func<TState>? destination))
            State = destination();
        else if (_onUnhandled is not null)
            _onUnhandled(State, trigger);
        else
            throw new InvalidOperationException($"No transition from {State} on {trigger}.");
    }

    internal sealed class StateConfiguration(TState state)
    {
        public Dictionary<TTrigger, Func<TState>> Destinations { get; } = [];

        public StateConfiguration Permit(TTrigger trigger, TState destination) => PermitDynamic(trigger, () => destination);

        public StateConfiguration PermitReentry(TTrigger trigger) => PermitDynamic(trigger, () => state);

        public StateConfiguration PermitDynamic(TTrigger trigger, Func<TState> destination)
        {
            if (!Destinations.TryAdd(trigger, destination))
                throw new InvalidOperationException($"{state} has a transition on {trigger} already.");
            return this;
        }
    }
}
#endif
