using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>An outbound INVITE before it has met the network.</summary>
/// <param name="From">Without a tag; its host is filled in from our side of the way when there is no account.</param>
/// <param name="Routes">Route headers that it starts with.</param>
internal sealed record CallPlan(SipUri Target, SipNameAddress? From, SipAccountOptions? Account, IReadOnlyList<string> Routes)
{
    /// <summary>User part of From and Contact.</summary>
    internal required string User { get; init; }
    internal string? DisplayName { get; init; }
    internal IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
    /// <summary>The Replaces header of a call that takes over another (RFC 3891).</summary>
    internal string? Replaces { get; init; }
    internal string? ReferredBy { get; init; }
}

/// <summary>Says whom a target means and which account pays for it.</summary>
internal sealed class CallTargets(SipOptions options)
{
    /// <summary>The plan of a call, or null when the target is neither a SIP URI nor a number that an account completes.</summary>
    internal CallPlan? Plan(PlaceCallRequest request)
    {
        if (Find(request.Target, null) is not { } found)
            return null;
        var (uri, account) = found;
        var user = request.CallerId ?? account?.User ?? options.User;
        return new CallPlan(
            uri with { HeadersText = null },
            request.IsCallerIdWithheld ? CallerIdentity.Anonymous
                : account is null ? null : new SipNameAddress(SipUri.Create(user, account.Domain)) { DisplayName = request.DisplayName ?? account.DisplayName },
            account, Routes(account))
        {
            User = user,
            DisplayName = request.DisplayName ?? account?.DisplayName,
            Headers = request.Headers,
        };
    }

    /// <summary>The plan of the call that a peer's REFER asks for; the "?" headers of its URI can name the call to replace.</summary>
    internal CallPlan? Plan(SipUri referTo, SipAccountOptions? account, string? referredBy)
    {
        if (Find(referTo.ToString(), account) is not { } found)
            return null;
        var user = found.Account?.User ?? options.User;
        return new CallPlan(
            found.Uri with { HeadersText = null, Parameters = found.Uri.Parameters.Without("method") },
            found.Account is null ? null : new SipNameAddress(SipUri.Create(user, found.Account.Domain)) { DisplayName = found.Account.DisplayName },
            found.Account, Routes(found.Account))
        {
            User = user,
            Replaces = referTo.EmbeddedHeaders.FirstOrDefault(header => header.Name == SipHeaderNames.Replaces).Value,
            ReferredBy = referredBy,
        };
    }

    /// <summary>
    /// Refer-To of a transfer by us. Attended, it is the consulted peer itself, with the dialog that the transferee takes over (RFC 5589 §7.3).
    /// </summary>
    internal SipNameAddress? ReferTo(string target, SipAccountOptions? account, Dialog? consultation)
    {
        if (consultation is not null)
        {
            var replaces = Uri.EscapeDataString($"{consultation.CallId};to-tag={consultation.RemoteTag};from-tag={consultation.LocalTag}");
            return new SipNameAddress(consultation.RemoteTarget with { HeadersText = $"Replaces={replaces}" });
        }
        return Find(target, account) is { } found ? new SipNameAddress(found.Uri) : null;
    }

    /// <summary>Whom a target means, and the account that pays for it.</summary>
    internal (SipUri Uri, SipAccountOptions? Account)? Find(string target, SipAccountOptions? preferred = null)
    {
        if (SipUri.TryParse(target.Trim(), out var uri) && (uri.IsSip || uri.IsTel))
        {
            if (uri.IsTel)
                return Complete(uri.DecodedUser ?? "", preferred);
            // Credentials go to the account's own domain only.
            return (uri, options.Accounts.FirstOrDefault(a => string.Equals(a.Domain, uri.Host, StringComparison.OrdinalIgnoreCase)));
        }
        if (target.Contains('@', StringComparison.Ordinal))
            return SipUri.TryParse("sip:" + target.Trim(), out var bare)
                ? (bare, options.Accounts.FirstOrDefault(a => string.Equals(a.Domain, bare.Host, StringComparison.OrdinalIgnoreCase)))
                : null;
        return Complete(target, preferred);
    }

    /// <summary>A number as people write it, at the account's domain.</summary>
    private (SipUri, SipAccountOptions?)? Complete(string number, SipAccountOptions? preferred)
    {
        var account = preferred ?? (options.Accounts.Count > 0 ? options.Accounts[0] : null);
        var user = string.Concat(number.Where(c => c is not (' ' or '(' or ')' or '/' or '\t') && !char.IsControl(c)));
        if (user.Any(char.IsAsciiDigit))
            user = user.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        if (account is null || user.Length == 0)
            return null;
        var uri = SipUri.Create(user, account.Domain);
        return (account.Transport == "udp" ? uri : uri with { Parameters = uri.Parameters.With("transport", account.Transport) }, account);
    }

    internal static IReadOnlyList<string> Routes(SipAccountOptions? account)
    {
        if (account?.OutboundProxy is not { } proxy || !SipUri.TryParse(proxy, out var uri) || !uri.IsSip)
            return [];
        if (!uri.IsLooseRouter)
            uri = uri with { Parameters = uri.Parameters.With("lr") };
        if (uri.Transport is null && account.Transport != "udp")
            uri = uri with { Parameters = uri.Parameters.With("transport", account.Transport) };
        return [$"<{uri}>"];
    }
}
