namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Who keeps a session alive, in terms of the transaction that negotiated it (RFC 4028 §4).</summary>
internal enum Refresher
{
    Unspecified,
    Uac,
    Uas,
}

/// <summary>A Session-Expires value: <c>1800;refresher=uac</c>.</summary>
internal readonly record struct SessionExpires(int Seconds, Refresher Refresher)
{
    private const int Longest = 1_000_000;

    internal static bool TryParse(ReadOnlySpan<char> text, out SessionExpires value)
    {
        value = default;
        var semicolon = text.IndexOf(';');
        var number = (semicolon < 0 ? text : text[..semicolon]).Trim();
        if (!int.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var seconds))
            return false;
        var refresher = Refresher.Unspecified;
        if (semicolon >= 0)
            foreach (var range in text[(semicolon + 1)..].Split(';'))
            {
                var parameter = text[(semicolon + 1)..][range].Trim();
                if (parameter.Equals("refresher=uac", StringComparison.OrdinalIgnoreCase))
                    refresher = Refresher.Uac;
                else if (parameter.Equals("refresher=uas", StringComparison.OrdinalIgnoreCase))
                    refresher = Refresher.Uas;
            }
        value = new SessionExpires(Math.Min(seconds, Longest), refresher);
        return true;
    }

    public override string ToString() => Refresher switch
    {
        Refresher.Uac => $"{Seconds};refresher=uac",
        Refresher.Uas => $"{Seconds};refresher=uas",
        _ => $"{Seconds}",
    };
}

/// <summary>What was agreed about keeping a session alive.</summary>
/// <param name="Interval">Time without a refresh after which the session is over.</param>
/// <param name="WeRefresh">Whether the refresh is our duty.</param>
internal readonly record struct SessionTimerTerms(TimeSpan Interval, bool WeRefresh)
{
    /// <summary>When to act: half-way as the refresher, shortly before the end otherwise (RFC 4028 §10).</summary>
    internal TimeSpan ActAfter
    {
        get
        {
            if (WeRefresh)
                return Interval / 2;
            var margin = TimeSpan.FromSeconds(Math.Min(32, Interval.TotalSeconds / 3));
            return Interval - margin;
        }
    }
}

/// <summary>A UAS's part of the negotiation.</summary>
internal static class SessionTimerNegotiation
{
    /// <summary>What to put into the 2xx. Null: no session timer.</summary>
    /// <param name="asked">Session-Expires of the request, if any.</param>
    /// <param name="peerSupports">Whether the request says Supported: timer.</param>
    /// <param name="peerMinimum">Min-SE of the request, in seconds; 0 when absent.</param>
    /// <param name="wanted">What we want when the peer asked for nothing; 0 is none.</param>
    internal static SessionExpires? Answer(SessionExpires? asked, bool peerSupports, int peerMinimum, int wanted)
    {
        if (asked is { } expires)
        {
            var refresher = expires.Refresher != Refresher.Unspecified && peerSupports ? expires.Refresher
                : peerSupports ? Refresher.Uac : Refresher.Uas;
            return new SessionExpires(expires.Seconds, refresher);
        }
        // The peer asked for none: with a peer that knows the extension we may still have one, and refresh it ourselves.
        return wanted > 0 && peerSupports ? new SessionExpires(Math.Max(wanted, peerMinimum), Refresher.Uas) : null;
    }

    /// <summary>Whether a request must be refused with 422: too short, from a peer that understands why.</summary>
    internal static bool IsTooSmall(SessionExpires? asked, bool peerSupports, int minimum) =>
        peerSupports && asked is { } expires && expires.Seconds < minimum;

    internal static SessionTimerTerms Terms(SessionExpires agreed, bool weAreUac)
    {
        var refresherIsUac = agreed.Refresher != Refresher.Uas;
        return new SessionTimerTerms(TimeSpan.FromSeconds(agreed.Seconds), refresherIsUac == weAreUac);
    }
}
