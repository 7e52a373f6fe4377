using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Options;

/// <summary>The rules of <c>agents.routes</c>, ready to use. Immutable; thread-safe.</summary>
internal sealed class RouteTable
{
    private readonly Entry[] _entries;

    /// <param name="routes">Checked; see <see cref="OptionRules"/>.</param>
    public RouteTable(IEnumerable<AgentRoute> routes) => _entries = [.. routes.Select(route => new Entry(route))];

    /// <summary>The agent of the first rule that holds; null when none does.</summary>
    public string? Find(CallInfo call)
    {
        foreach (Entry entry in _entries)
            if (entry.Holds(call))
                return entry.Agent;
        return null;
    }

    private sealed class Entry(AgentRoute route)
    {
        private readonly TextPattern? _called = Parse(route.Called);
        private readonly TextPattern? _caller = Parse(route.Caller);
        private readonly TextPattern? _value = Parse(route.Value);

        public string Agent => route.Agent;

        public bool Holds(CallInfo call) =>
            _called?.Matches(call.LocalParty) != false
            && _caller?.Matches(call.RemoteParty) != false
            && (route.Header is null || (call.Headers.TryGetValue(route.Header, out string? value) && _value?.Matches(value) != false));

        private static TextPattern? Parse(string? text) =>
            text is null ? null : TextPattern.TryParse(text, out TextPattern? pattern, out string? error) ? pattern : throw new ArgumentException(error);
    }
}
