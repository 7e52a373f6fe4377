using System.Collections.Frozen;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Header names as they are written, and what their compact forms (RFC 3261 §7.3.3 and extensions) stand for.</summary>
public static class SipHeaderNames
{
    public const string Accept = "Accept";
    public const string AcceptEncoding = "Accept-Encoding";
    public const string AcceptLanguage = "Accept-Language";
    public const string Allow = "Allow";
    public const string AllowEvents = "Allow-Events";
    public const string Authorization = "Authorization";
    public const string CallId = "Call-ID";
    public const string Contact = "Contact";
    public const string ContentDisposition = "Content-Disposition";
    public const string ContentEncoding = "Content-Encoding";
    public const string ContentLength = "Content-Length";
    public const string ContentType = "Content-Type";
    public const string CSeq = "CSeq";
    public const string Date = "Date";
    public const string Event = "Event";
    public const string Expires = "Expires";
    public const string From = "From";
    public const string MaxForwards = "Max-Forwards";
    public const string MinExpires = "Min-Expires";
    public const string MinSE = "Min-SE";
    public const string PAssertedIdentity = "P-Asserted-Identity";
    public const string Privacy = "Privacy";
    public const string ProxyAuthenticate = "Proxy-Authenticate";
    public const string ProxyAuthorization = "Proxy-Authorization";
    public const string ProxyRequire = "Proxy-Require";
    public const string RAck = "RAck";
    public const string Reason = "Reason";
    public const string RecordRoute = "Record-Route";
    public const string ReferTo = "Refer-To";
    public const string ReferredBy = "Referred-By";
    public const string Replaces = "Replaces";
    public const string Require = "Require";
    public const string RetryAfter = "Retry-After";
    public const string Route = "Route";
    public const string RSeq = "RSeq";
    public const string Server = "Server";
    public const string SessionExpires = "Session-Expires";
    public const string Subject = "Subject";
    public const string SubscriptionState = "Subscription-State";
    public const string Supported = "Supported";
    public const string Timestamp = "Timestamp";
    public const string To = "To";
    public const string Unsupported = "Unsupported";
    public const string UserAgent = "User-Agent";
    public const string Via = "Via";
    public const string Warning = "Warning";
    public const string WwwAuthenticate = "WWW-Authenticate";

    private static readonly FrozenDictionary<string, string> s_canonical = BuildCanonical();
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> s_lookup =
        s_canonical.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The full name for a compact or differently cased one; unknown names stay as they are.</summary>
    public static string Canonical(string name) => s_canonical.GetValueOrDefault(name, name);

    internal static string Canonical(ReadOnlySpan<char> name) =>
        s_lookup.TryGetValue(name, out string? known) ? known : name.ToString();

    private static FrozenDictionary<string, string> BuildCanonical()
    {
        string[] full =
        [
            Accept, AcceptEncoding, AcceptLanguage, Allow, AllowEvents, Authorization, CallId, Contact,
            ContentDisposition, ContentEncoding, ContentLength, ContentType, CSeq, Date, Event, Expires, From,
            MaxForwards, MinExpires, MinSE, PAssertedIdentity, Privacy, ProxyAuthenticate, ProxyAuthorization, ProxyRequire,
            RAck, Reason, RecordRoute, ReferTo, ReferredBy, Replaces, Require, RetryAfter, Route, RSeq, Server,
            SessionExpires, Subject, SubscriptionState, Supported, Timestamp, To, Unsupported, UserAgent, Via,
            Warning, WwwAuthenticate,
        ];
        (string Compact, string Full)[] compact =
        [
            ("i", CallId), ("m", Contact), ("e", ContentEncoding), ("l", ContentLength), ("c", ContentType),
            ("f", From), ("s", Subject), ("k", Supported), ("t", To), ("v", Via), ("o", Event), ("u", AllowEvents),
            ("r", ReferTo), ("b", ReferredBy), ("x", SessionExpires),
        ];
        return full.Select(name => (Key: name, Value: name))
            .Concat(compact.Select(pair => (Key: pair.Compact, Value: pair.Full)))
            .ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
    }
}
