namespace PhoneAgent.Server.Outbound;

/// <summary>The rule that stands against a call.</summary>
internal enum OutboundRule
{
    /// <summary>Nobody could be called by this text.</summary>
    Target,
    /// <summary>No allowed prefix fits, or a blocked one fits better.</summary>
    Prefix,
    Host,
    CallsPerHour,
    CallsPerTarget,
    CallsAtOnce,
}

/// <summary>Why a call is not placed.</summary>
/// <param name="Message">The key of the configuration, what is wrong and what to do. Without the number.</param>
/// <param name="RetryAfter">When it may be tried again; null: not before something else changes.</param>
internal sealed record OutboundRefusal(OutboundRule Rule, string Message, TimeSpan? RetryAfter = null);
