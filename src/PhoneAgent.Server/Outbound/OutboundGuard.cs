using System.Net;
using PhoneAgent.Server.Options;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Server.Outbound;

/// <summary>
/// Decides whom this server calls: only allowed prefixes and hosts, so many an hour, so many to one number, so many at once. The user
/// agent asks it for whatever would call somebody. Counts are of this process. Thread-safe.
/// </summary>
/// <param name="named">Numbers that the agents' files name: those who wrote them meant them to be called.</param>
internal sealed partial class OutboundGuard(OutboundOptions options, SipOptions sip, Func<IReadOnlySet<string>> named, TimeProvider time, ILogger<OutboundGuard> logger) : ICallGate
{
    private readonly NumberPrefixes _prefixes = new(options);
    private readonly Lock _lock = new();
    private readonly RecentCalls _recent = new(time);
    private readonly Dictionary<OutboundRule, long> _refused = [];
    private NamedNumbers _named = new(new HashSet<string>(), []);
    private int _active;

    /// <summary>Calls that run or ring, without those to this machine.</summary>
    public int Active
    {
        get
        {
            lock (_lock)
                return _active;
        }
    }

    /// <summary>Calls that were not placed, by the rule that stood against them.</summary>
    public IReadOnlyDictionary<OutboundRule, long> Refused
    {
        get
        {
            lock (_lock)
                return new Dictionary<OutboundRule, long>(_refused);
        }
    }

    /// <summary>What stands against a call now; null: nothing. Counts nothing: <see cref="TryEnter"/> asks again when the call is placed.</summary>
    public OutboundRefusal? Check(string target)
    {
        Candidate candidate = Judge(target, TargetChosenBy.Us);
        lock (_lock)
            return candidate.Refusal ?? Limit_NeedsLock(candidate);
    }

    CallPermit? ICallGate.TryEnter(string target, TargetChosenBy chosenBy, out string? refusal)
    {
        CallPermit? permit = TryEnter(target, chosenBy, out OutboundRefusal? reason);
        refusal = reason?.Message;
        return permit;
    }

    /// <summary>Counts one call, which is over when the permit is disposed.</summary>
    /// <returns>Null when it must not be placed: <paramref name="refusal"/> says why.</returns>
    public CallPermit? TryEnter(string target, TargetChosenBy chosenBy, out OutboundRefusal? refusal)
    {
        Candidate candidate = Judge(target, chosenBy);
        lock (_lock)
        {
            refusal = candidate.Refusal ?? Limit_NeedsLock(candidate);
            if (refusal is null && !candidate.IsFree)
            {
                _recent.Add(candidate.Key);
                _active++;
            }
            else if (refusal is not null)
                _refused[refusal.Rule] = _refused.GetValueOrDefault(refusal.Rule) + 1;
        }
        if (refusal is null)
            return new CallPermit(candidate.IsFree ? null : Leave);
        Log.Refused(logger, refusal.Message);
        Log.RefusedTarget(logger, target);
        return null;
    }

    private void Leave()
    {
        lock (_lock)
            _active--;
    }

    /// <param name="Key">What calls to the same number have in common.</param>
    /// <param name="IsFree">It costs nobody anything.</param>
    /// <param name="IsNamed">An agent's file names it; many callers are handed to the same human.</param>
    private readonly record struct Candidate(string Key, bool IsFree, bool IsNamed, OutboundRefusal? Refusal);

    private Candidate Judge(string target, TargetChosenBy chosenBy)
    {
        if (SipTarget.Of(sip, target) is not { } called)
            return new Candidate("", false, false, new OutboundRefusal(OutboundRule.Target, "target: neither a SIP address nor a number that an account completes. Write sip:user@host, or name an account under sip.accounts."));
        string user = _prefixes.Normalize(called.User), key = KeyOf(called);
        if (chosenBy == TargetChosenBy.Us)
        {
            // An account at this machine is a PBX that leads on.
            if (!called.IsAtAccount && IsThisMachine(called.Host))
                return new Candidate(key, true, false, null);
            if (IsNamed(key))
                return new Candidate(key, false, true, null);
        }
        if (!called.IsAtAccount && !options.AllowedHosts.Any(host => string.Equals(host.Trim('[', ']'), called.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)))
            return new Candidate(key, false, false, new OutboundRefusal(OutboundRule.Host, "outbound.allowed_hosts: the host of this address is not in the list. Add it there if calls may go to it."));
        bool needsPrefix = called.IsAtAccount || NumberPrefixes.IsNumber(user);
        return new Candidate(key, false, false, needsPrefix && !_prefixes.Allow(user)
            ? new OutboundRefusal(OutboundRule.Prefix, "outbound.allowed_prefixes: this number may not be called. Add the prefix of the numbers that may, e.g. \"+49\"; outbound.blocked_prefixes makes exceptions.")
            : null);
    }

    private string KeyOf(SipTarget called) => $"{_prefixes.Normalize(called.User)}@{called.Host}";

    /// <summary>However the number is written there and here. The set changes when agents are read anew.</summary>
    private bool IsNamed(string key)
    {
        IReadOnlySet<string> numbers = named();
        NamedNumbers known = Volatile.Read(ref _named);
        if (!ReferenceEquals(known.Numbers, numbers))
            Volatile.Write(ref _named, known = new NamedNumbers(numbers, numbers.Select(number => SipTarget.Of(sip, number)).OfType<SipTarget>().Select(KeyOf).ToHashSet(StringComparer.OrdinalIgnoreCase)));
        return known.Keys.Contains(key);
    }

    private sealed record NamedNumbers(IReadOnlySet<string> Numbers, HashSet<string> Keys);

    private OutboundRefusal? Limit_NeedsLock(Candidate candidate)
    {
        if (candidate.IsFree)
            return null;
        if (options.CallsAtOnce > 0 && _active >= options.CallsAtOnce)
            return new OutboundRefusal(OutboundRule.CallsAtOnce, $"outbound.calls_at_once: {options.CallsAtOnce} calls are out already.", TimeSpan.FromSeconds(10));
        if (options.CallsPerHour > 0 && _recent.Count >= options.CallsPerHour)
            return new OutboundRefusal(OutboundRule.CallsPerHour, $"outbound.calls_per_hour: {options.CallsPerHour} calls were placed within an hour.", _recent.UntilOneLess());
        if (!candidate.IsNamed && options.CallsPerTargetPerHour > 0 && _recent.CountOf(candidate.Key) >= options.CallsPerTargetPerHour)
            return new OutboundRefusal(OutboundRule.CallsPerTarget, $"outbound.calls_per_target_per_hour: this number was called {options.CallsPerTargetPerHour} times within an hour.", _recent.UntilOneLess(candidate.Key));
        return null;
    }

    // Not by asking the name service: whoever answers there must not make a call free of rules.
    private static bool IsThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A call was not placed: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Trace, Message = "The call that was not placed was to {Target}")]
        public static partial void RefusedTarget(ILogger logger, string target);
    }
}
