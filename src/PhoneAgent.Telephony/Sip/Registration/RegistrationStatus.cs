namespace PhoneAgent.Telephony.Sip.Registration;

/// <summary>How an account stands with its registrar.</summary>
public enum RegistrationState
{
    /// <summary>Not asked yet.</summary>
    Unregistered,
    /// <summary>The first REGISTER is under way.</summary>
    Registering,
    Registered,
    /// <summary>Refused or unreachable; it is tried again.</summary>
    Failed,
    /// <summary>Removed at shutdown.</summary>
    Removed,
}

/// <summary>A snapshot of one account's registration.</summary>
/// <param name="Account">The account's label.</param>
/// <param name="StatusCode">The registrar's last final status; null when it did not answer.</param>
/// <param name="Reason">What to show a person about the last failure; null when registered.</param>
/// <param name="ExpiresAt">When the binding ends unless refreshed.</param>
/// <param name="NextAttemptAt">When the next REGISTER goes out.</param>
public sealed record RegistrationStatus(
    string Account, RegistrationState State, int? StatusCode = null, string? Reason = null,
    DateTimeOffset? ExpiresAt = null, DateTimeOffset? NextAttemptAt = null)
{
    /// <summary>What a registrar's refusal means to the person who configured the account.</summary>
    internal static string Explain(int statusCode, string? phrase) => statusCode switch
    {
        401 or 403 or 407 => $"{statusCode} {phrase}: the registrar refuses user or password; check accounts.user, auth_user and password",
        404 => $"404 {phrase}: the registrar does not know the user",
        408 => "no answer; check domain, outbound_proxy and the network",
        _ => $"{statusCode} {phrase}",
    };
}
