namespace PhoneAgent.Conversation.Providers;

/// <summary>Why a provider did not give what was asked; a chain decides by it.</summary>
public enum ProviderFailureKind
{
    /// <summary>No connection: name unknown, port closed, network down, TLS refused.</summary>
    Unreachable,
    /// <summary>The key is missing, wrong or not allowed to do this (401, 403). Asking again does not help.</summary>
    Unauthorized,
    /// <summary>Too many requests or the account is empty (429); <see cref="ProviderException.RetryAfter"/> may say when.</summary>
    RateLimited,
    /// <summary>No answer in time, by the provider's own word (408, 504) or by our limit.</summary>
    Timeout,
    /// <summary>It does not like what was asked: model unknown, context too long, voice unknown (other 4xx). Asking the same again does not help.</summary>
    BadRequest,
    /// <summary>It is there but broken or overloaded (5xx).</summary>
    ServerError,
    /// <summary>It answered something that is not the protocol, broke off in mid-answer, or sent more than is sane.</summary>
    BadResponse,
}
