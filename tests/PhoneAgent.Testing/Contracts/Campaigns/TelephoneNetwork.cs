using PhoneAgent.Campaigns.Contacts;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Campaigns;

/// <summary>What people notice of a campaign: it knows every call that was really placed, whatever the store says. Thread-safe.</summary>
internal sealed class TelephoneNetwork(TimeSpan spacing)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PhoneNumber, long> _talking = [];
    private readonly Dictionary<PhoneNumber, DateTimeOffset> _last = [];
    private readonly HashSet<PhoneNumber> _forbidden = [];
    private readonly HashSet<long> _placed = [];

    public void Dial(PhoneNumber number, long attempt, DateTimeOffset now)
    {
        lock (_gate)
        {
            Assert.False(_talking.TryGetValue(number, out long other), $"{number} is called by attempts {other} and {attempt} at once");
            Assert.False(_last.TryGetValue(number, out DateTimeOffset last) && now - last < spacing, $"{number} is called again after {now - last}");
            Assert.True(_placed.Add(attempt), $"attempt {attempt} is dialled twice");
            _talking[number] = attempt;
            _last[number] = now;
        }
    }

    public void HangUp(PhoneNumber number, long attempt)
    {
        lock (_gate)
            if (_talking.GetValueOrDefault(number) == attempt)
                _talking.Remove(number);
    }

    /// <summary>The do-not-call list has returned for the number.</summary>
    public void Forbid(PhoneNumber number)
    {
        lock (_gate)
            _forbidden.Add(number);
    }

    public bool IsForbidden(PhoneNumber number)
    {
        lock (_gate)
            return _forbidden.Contains(number);
    }

    /// <summary>The store knows the attempt.</summary>
    public void Known(long attempt)
    {
        lock (_gate)
            _placed.Remove(attempt);
    }

    public void CheckAllWereKnown()
    {
        lock (_gate)
            Assert.Empty(_placed);
    }
}
