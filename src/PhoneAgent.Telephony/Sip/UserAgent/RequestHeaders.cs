using System.Collections.Frozen;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Headers that the application gives a request on its way: they can neither forge others nor take the place of ours.</summary>
internal static class RequestHeaders
{
    internal const int MaxCount = 32;
    internal const int MaxValue = 2_000;

    /// <summary>What makes the request, its dialog and its body; no application's business.</summary>
    private static readonly FrozenSet<string> s_ours = FrozenSet.ToFrozenSet(
        [
            SipHeaderNames.Allow, SipHeaderNames.Authorization, SipHeaderNames.CallId, SipHeaderNames.Contact, SipHeaderNames.ContentDisposition,
            SipHeaderNames.ContentEncoding, SipHeaderNames.ContentLength, SipHeaderNames.ContentType, SipHeaderNames.CSeq, SipHeaderNames.Event,
            SipHeaderNames.From, SipHeaderNames.MaxForwards, SipHeaderNames.MinSE, SipHeaderNames.ProxyAuthorization, SipHeaderNames.ProxyRequire,
            SipHeaderNames.RAck, SipHeaderNames.RecordRoute, SipHeaderNames.ReferTo, SipHeaderNames.Replaces, SipHeaderNames.Require, SipHeaderNames.Route,
            SipHeaderNames.RSeq, SipHeaderNames.SessionExpires, SipHeaderNames.SubscriptionState, SipHeaderNames.Supported, SipHeaderNames.To, SipHeaderNames.Via,
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">A name is no token, a value has a line break or another control character, or there is too much of them.</exception>
    internal static void Check(IReadOnlyDictionary<string, string> headers, string parameter)
    {
        if (headers.Count > MaxCount)
            throw new ArgumentException($"There are {headers.Count} headers; {MaxCount} are the most.", parameter);
        foreach (var (name, value) in headers)
        {
            if (!SipText.IsToken(name))
                throw new ArgumentException($"'{string.Concat(name.Where(c => !char.IsControl(c)))}' is no name of a header.", parameter);
            if (value.Length > MaxValue || value.Any(c => char.IsControl(c) && c != '\t'))
                throw new ArgumentException($"The value of the header {name} has a line break or another control character, or more than {MaxValue} characters.", parameter);
        }
    }

    /// <summary>Adds those that are not ours and not there yet.</summary>
    internal static void AddTo(SipRequest request, IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in Permitted(headers))
            if (!request.Headers.Contains(name))
                request.Headers.Add(name, value);
    }

    /// <summary>Those that are not ours.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Permitted(IReadOnlyDictionary<string, string> headers) =>
        headers.Where(header => !s_ours.Contains(SipHeaderNames.Canonical(header.Key)));
}
