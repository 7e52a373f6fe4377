using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip;

/// <summary>Who calls, as the operator is told (RFC 3325) and as the other party may see it (RFC 3323).</summary>
internal static class CallerIdentity
{
    /// <summary>From of a caller who withholds who he is, RFC 3323 §4.1.1.3: "anonymous.invalid" names no host that exists.</summary>
    internal static readonly SipNameAddress Anonymous = new(SipUri.Create("anonymous", "anonymous.invalid")) { DisplayName = "Anonymous" };

    /// <summary>The headers that the request's identity needs. Ones that the application has written itself stay.</summary>
    /// <exception cref="ArgumentException">The asserted number is none.</exception>
    internal static PlaceCallRequest AddTo(PlaceCallRequest request)
    {
        if (request.AssertedNumber is null && !request.IsCallerIdWithheld)
            return request;
        var headers = new Dictionary<string, string>(request.Headers, StringComparer.OrdinalIgnoreCase);
        // RFC 3325 §9.1 takes a tel URI, which needs no host of ours; the global form of RFC 3966 §5.1.4 is E.164's.
        if (request.AssertedNumber is { } number)
            headers.TryAdd(SipHeaderNames.PAssertedIdentity, $"<tel:{Checked(number)}>");
        // "id": not beyond the operators who trust each other (RFC 3325 §9.3). "critical": rather no call than one that tells (RFC 3323 §4.2).
        if (request.IsCallerIdWithheld)
            headers.TryAdd(SipHeaderNames.Privacy, request.AssertedNumber is null ? "user;critical" : "id;user;critical");
        return request with { Headers = headers };
    }

    private static string Checked(string number) =>
        number.AsSpan(number.StartsWith('+') ? 1 : 0) is { Length: > 0 and <= 32 } digits && !digits.ContainsAnyExceptInRange('0', '9')
            ? number
            : throw new ArgumentException("The asserted number may have digits only, and a '+' in front.", nameof(number));
}
