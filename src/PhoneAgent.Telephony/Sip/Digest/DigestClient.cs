using System.Globalization;
using System.Security.Cryptography;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Digest;

/// <param name="Realm">Only for challenges of this realm; null for all.</param>
public sealed record DigestCredentials(string User, string Password, string? Realm = null);

public enum DigestClientResult
{
    /// <summary>The request carries an answer; send it again with a new CSeq.</summary>
    Authorized,
    /// <summary>No challenge that we can answer: another scheme, algorithm, quality of protection or realm.</summary>
    Unsupported,
    /// <summary>Our answer to this very challenge was refused: wrong user or password. Asking again leads nowhere.</summary>
    Rejected,
}

/// <summary>
/// Answers 401 and 407 for one account (RFC 3261 §22, RFC 8760), and remembers nonces so that later requests are authorized at
/// once. Not thread-safe: used on the SIP loop.
/// </summary>
public sealed class DigestClient(DigestCredentials credentials)
{
    private const int MaxRealms = 16;
    private readonly List<Session> _sessions = [];

    /// <summary>
    /// Puts answers to all challenges of a response into a request, in place of those it has. The request is one to be sent
    /// anew; the caller raises its CSeq before or after.
    /// </summary>
    public DigestClientResult Answer(SipRequest request, SipResponse response)
    {
        bool any = false;
        foreach (bool isProxy in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (DigestFields challenge in Strongest(response, isProxy))
            {
                Session? known = _sessions.Find(session => session.IsProxy == isProxy && session.Realm == challenge.Realm);
                bool answered = IsAnswered(request, isProxy, challenge.Realm);
                // A new nonce is no new chance, unless the server says that only the nonce was at fault.
                if (answered && !challenge.IsStale && known is not null)
                {
                    _sessions.Remove(known);
                    return DigestClientResult.Rejected;
                }
                if (known is not null)
                    _sessions.Remove(known);
                if (_sessions.Count == MaxRealms)
                    _sessions.RemoveAt(0);
                _sessions.Add(new Session(challenge, isProxy));
                any = true;
            }
        }
        if (any)
            Authorize(request);
        return any ? DigestClientResult.Authorized : DigestClientResult.Unsupported;
    }

    /// <summary>Adds what is known from earlier challenges; nothing before the first one. Replaces what the request has.</summary>
    public void Authorize(SipRequest request)
    {
        request.Headers.Remove(SipHeaderNames.Authorization);
        request.Headers.Remove(SipHeaderNames.ProxyAuthorization);
        foreach (Session session in _sessions)
            request.Headers.Add(
                session.IsProxy ? SipHeaderNames.ProxyAuthorization : SipHeaderNames.Authorization,
                session.Respond(credentials, request.Method, request.RequestUri.ToString()));
    }

    private static bool IsAnswered(SipRequest request, bool isProxy, string realm) =>
        request.Headers.GetAll(isProxy ? SipHeaderNames.ProxyAuthorization : SipHeaderNames.Authorization)
            .Any(header => DigestFields.TryParse(header, out DigestFields? fields) && fields.Realm == realm);

    /// <summary>For each realm the strongest challenge that we can answer (RFC 8760 §2.4: one header an algorithm).</summary>
    private List<DigestFields> Strongest(SipResponse response, bool isProxy)
    {
        var best = new List<(DigestAlgorithm Algorithm, DigestFields Fields)>();
        foreach (string header in response.Headers.GetAll(isProxy ? SipHeaderNames.ProxyAuthenticate : SipHeaderNames.WwwAuthenticate))
        {
            if (!DigestFields.TryParse(header, out DigestFields? fields)
                || !DigestAlgorithms.TryParse(fields.Get("algorithm"), out DigestAlgorithm algorithm)
                || (fields.Get("qop") is not null && !fields.OffersQop("auth"))
                || (credentials.Realm is { } realm && realm != fields.Realm))
                continue;
            int same = best.FindIndex(one => one.Fields.Realm == fields.Realm);
            if (same < 0)
                best.Add((algorithm, fields));
            else if (best[same].Algorithm < algorithm)
                best[same] = (algorithm, fields);
        }
        return best.ConvertAll(one => one.Fields);
    }

    /// <summary>One nonce and how often we have used it.</summary>
    private sealed class Session(DigestFields challenge, bool isProxy)
    {
        private uint _count;

        public bool IsProxy => isProxy;
        public string Realm => challenge.Realm;

        public string Respond(DigestCredentials credentials, string method, string uri)
        {
            _ = DigestAlgorithms.TryParse(challenge.Get("algorithm"), out DigestAlgorithm algorithm);
            bool hasQop = challenge.OffersQop("auth");
            string count = (++_count).ToString("x8", CultureInfo.InvariantCulture);
            string clientNonce = hasQop || algorithm.IsSession() ? RandomNumberGenerator.GetHexString(16, lowercase: true) : "";
            var input = new DigestInput(algorithm, challenge.Realm, challenge.Nonce, method, uri, hasQop ? "auth" : null, count, clientNonce);
            string header = $"Digest username={SipText.Quote(credentials.User)}, realm={SipText.Quote(challenge.Realm)}, "
                + $"nonce={SipText.Quote(challenge.Nonce)}, uri={SipText.Quote(uri)}, "
                + $"response=\"{DigestCalculator.Compute(input, credentials.User, credentials.Password)}\", algorithm={algorithm.Name()}";
            if (clientNonce.Length > 0)
                header += $", cnonce=\"{clientNonce}\"";
            if (hasQop)
                header += $", qop=auth, nc={count}";
            if (challenge.Get("opaque") is { } opaque)
                header += $", opaque={SipText.Quote(opaque)}";
            return header;
        }
    }
}
