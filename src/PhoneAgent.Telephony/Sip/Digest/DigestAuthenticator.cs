using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Digest;

public enum DigestVerdict
{
    /// <summary>No usable credentials for our realm: challenge.</summary>
    Absent,
    /// <summary>Right password, old or repeated nonce: challenge with stale.</summary>
    Stale,
    /// <summary>Unknown user, wrong password or forged nonce: challenge; count it.</summary>
    Wrong,
    Accepted,
}

/// <param name="User">Who it is when accepted; who it claims to be otherwise, if anyone.</param>
public readonly record struct DigestCheck(DigestVerdict Verdict, string? User);

public sealed record DigestServerOptions(string Realm)
{
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>How many used nonces are remembered; beyond that the oldest become stale early.</summary>
    public int MaxNonces { get; init; } = 10_000;
    /// <summary>What is offered, in this order. Some old clients look at the first challenge only.</summary>
    public IReadOnlyList<DigestAlgorithm> Algorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];
}

/// <summary>
/// Authenticates requests (RFC 3261 §22.4, RFC 7616, RFC 8760): SHA-256 offered first, MD5 second, qop auth; answers without
/// qop are taken once a nonce. Memory is bounded. Not thread-safe: used on the SIP loop.
/// </summary>
public sealed class DigestAuthenticator
{
    private readonly DigestServerOptions _options;
    private readonly Func<string, string?> _findPassword;
    private readonly DigestNonces _nonces;

    /// <param name="findPassword">The password of a user, or null for an unknown one.</param>
    public DigestAuthenticator(DigestServerOptions options, Func<string, string?> findPassword, TimeProvider timeProvider)
    {
        (_options, _findPassword) = (options, findPassword);
        _nonces = new DigestNonces(timeProvider, options.NonceLifetime, options.MaxNonces);
    }

    internal int RememberedNonces => _nonces.Count;

    public DigestCheck Check(SipRequest request)
    {
        string? claimed = null;
        foreach (string header in request.Headers.GetAll(SipHeaderNames.Authorization))
        {
            if (!DigestFields.TryParse(header, out DigestFields? fields) || fields.Realm != _options.Realm)
                continue;
            claimed = fields.Get("username");
            return new DigestCheck(Check(request, fields, claimed), claimed);
        }
        return new DigestCheck(DigestVerdict.Absent, claimed);
    }

    /// <summary>Adds one WWW-Authenticate an algorithm, in the order of our preference, to a 401.</summary>
    public void AddChallenges(SipResponse response, bool stale)
    {
        foreach (DigestAlgorithm algorithm in _options.Algorithms)
            response.Headers.Add(SipHeaderNames.WwwAuthenticate,
                $"Digest realm={SipText.Quote(_options.Realm)}, nonce=\"{_nonces.Create()}\", algorithm={algorithm.Name()}, qop=\"auth\""
                + (stale ? ", stale=true" : ""));
    }

    private DigestVerdict Check(SipRequest request, DigestFields fields, string? user)
    {
        string? qop = fields.Get("qop");
        uint count = 1;
        if (user is null || fields.Get("response") is not { } response || fields.Get("uri") is not { } uri
            || !DigestAlgorithms.TryParse(fields.Get("algorithm"), out DigestAlgorithm algorithm) || algorithm.IsSession()
            || (qop is not null && !string.Equals(qop, "auth", StringComparison.OrdinalIgnoreCase))
            || (qop is not null && !TryReadCount(fields.Get("nc"), out count)))
            return DigestVerdict.Absent;
        NonceState nonce = _nonces.Look(fields.Nonce, count);
        if (nonce == NonceState.Forged || !IsSameUri(uri, request.RequestUri))
            return DigestVerdict.Wrong;
        string? password = _findPassword(user);
        var input = new DigestInput(algorithm, _options.Realm, fields.Nonce, request.Method, uri, qop, fields.Get("nc") ?? "", fields.Get("cnonce") ?? "");
        // An unknown user costs the same work, so that names cannot be told by time.
        string expected = DigestCalculator.Compute(input, user, password ?? "");
        bool right = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(response.ToLowerInvariant()));
        if (!right || password is null)
            return DigestVerdict.Wrong;
        if (nonce == NonceState.Stale)
            return DigestVerdict.Stale;
        _nonces.Use(fields.Nonce, count);
        return DigestVerdict.Accepted;
    }

    private static bool TryReadCount(string? text, out uint count)
    {
        count = 0;
        return text is { Length: 8 } && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out count) && count > 0;
    }

    /// <summary>
    /// Proxies may rewrite the Request-URI within what compares equal, no further (RFC 7616 §3.4.6). Some clients leave out
    /// the user; the nonce's count keeps such an answer from being used twice.
    /// </summary>
    private static bool IsSameUri(string text, SipUri requestUri) =>
        string.Equals(text, requestUri.ToString(), StringComparison.Ordinal)
        || (SipUri.TryParse(text, out SipUri? uri)
            && (uri == requestUri || (uri.IsSip && uri.User is null && uri == requestUri with { User = null, Password = null })));
}
