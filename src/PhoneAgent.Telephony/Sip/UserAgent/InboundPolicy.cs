using System.Net;
using PhoneAgent.Telephony.Sip.Digest;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

internal enum Admission
{
    Admitted,
    /// <summary>401.</summary>
    Challenged,
    /// <summary>401 with stale: right password, old nonce.</summary>
    Stale,
    /// <summary>403: nothing that this peer could prove would help.</summary>
    Forbidden,
}

/// <summary>
/// Who may call: peers of the allowed networks, registrars that we are registered with, callers with a password; and
/// with none of these configured, this machine only.
/// </summary>
internal sealed class InboundPolicy
{
    private readonly List<Cidr> _allowed = [];
    private readonly HashSet<IPAddress> _registrars = [];
    private readonly Dictionary<string, string> _passwords;
    private readonly HashSet<string> _users;
    private readonly DigestAuthenticator _digest;

    internal InboundPolicy(SipInboundOptions options, TimeProvider time)
    {
        foreach (var text in options.Allow)
            if (Cidr.TryParse(text, out var cidr))
                _allowed.Add(cidr);
        _passwords = options.Callers.ToDictionary(caller => caller.User, caller => caller.Password, StringComparer.Ordinal);
        _users = options.Users.ToHashSet(StringComparer.OrdinalIgnoreCase);
        _digest = new DigestAuthenticator(new DigestServerOptions(options.Realm)
        {
            Algorithms = [.. options.Algorithms.Select(name => DigestAlgorithms.TryParse(name, out var algorithm) ? algorithm : DigestAlgorithm.Sha256)],
        }, user => _passwords.GetValueOrDefault(user), time);
    }

    /// <summary>A registrar's address: the calls that it sends to our binding are wanted.</summary>
    internal void Trust(IPAddress registrar) => _registrars.Add(registrar);

    internal bool IsKnownUser(string? user) => _users.Count == 0 || (user is not null && _users.Contains(user));

    internal Admission Admit(SipRequest request, IPAddress source) => AdmitByAddress(source) ?? _digest.Check(request).Verdict switch
    {
        DigestVerdict.Accepted => Admission.Admitted,
        DigestVerdict.Stale => Admission.Stale,
        _ => Admission.Challenged,
    };

    /// <summary>What the address alone decides; null when a password does.</summary>
    internal Admission? AdmitByAddress(IPAddress source)
    {
        if (_allowed.Exists(cidr => cidr.Contains(source)) || _registrars.Contains(source))
            return Admission.Admitted;
        if (_passwords.Count > 0)
            return null;
        return _allowed.Count == 0 && IPAddress.IsLoopback(source) ? Admission.Admitted : Admission.Forbidden;
    }

    /// <summary>The password of a caller; null for one that we do not know.</summary>
    internal string? PasswordOf(string user) => _passwords.GetValueOrDefault(user);

    internal void Challenge(SipResponse response, bool stale) => _digest.AddChallenges(response, stale);
}
