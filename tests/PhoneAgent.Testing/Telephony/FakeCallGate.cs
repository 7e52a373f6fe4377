using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Testing.Telephony;

/// <summary>Lets all calls through that the test does not forbid, and knows those that are out. Thread-safe.</summary>
public sealed class FakeCallGate : ICallGate
{
    private readonly Lock _lock = new();
    private readonly List<(string Target, TargetChosenBy By)> _asked = [];
    private int _active;

    /// <summary>A part of the targets that are refused.</summary>
    public string? Forbidden { get; init; }

    /// <summary>So many calls at once.</summary>
    public int AtOnce { get; init; } = int.MaxValue;

    /// <summary>Targets in the order in which they were asked for.</summary>
    public IReadOnlyList<(string Target, TargetChosenBy By)> Asked
    {
        get
        {
            lock (_lock)
                return [.. _asked];
        }
    }

    public int Active
    {
        get
        {
            lock (_lock)
                return _active;
        }
    }

    public CallPermit? TryEnter(string target, TargetChosenBy chosenBy, out string? refusal)
    {
        lock (_lock)
        {
            _asked.Add((target, chosenBy));
            refusal = Forbidden is not null && target.Contains(Forbidden, StringComparison.Ordinal) ? $"no calls to '{Forbidden}'"
                : _active >= AtOnce ? "too many calls" : null;
            if (refusal is not null)
                return null;
            _active++;
        }
        return new CallPermit(() =>
        {
            lock (_lock)
                _active--;
        });
    }
}
