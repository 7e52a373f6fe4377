using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>What the service says went wrong.</summary>
/// <param name="Code">Name of the SDK's CancellationErrorCode.</param>
/// <param name="Details">The service's words; they hold no key.</param>
internal sealed record AzureFailure(string Code, string Details);

/// <summary>Puts the service's failures into kinds that a chain decides by. Pure.</summary>
internal static class AzureFailures
{
    private const int MaxDetails = 300;

    public static ProviderException ToException(AzureSpeechOptions options, AzureFailure failure)
    {
        var kind = KindOf(failure);
        var details = failure.Details.ReplaceLineEndings(" ");
        details = details.Length > MaxDetails ? details[..MaxDetails] : details;
        if (options.Key.Length > 0)
            details = details.Replace(options.Key, "***", StringComparison.Ordinal);
        return new ProviderException(options.Name, kind, $"Azure Speech ({options}) failed with {failure.Code}: {details} {Advice(kind, options)}".TrimEnd());
    }

    public static ProviderFailureKind KindOf(AzureFailure failure) => failure.Code switch
    {
        "AuthenticationFailure" or "Forbidden" => ProviderFailureKind.Unauthorized,
        "TooManyRequests" => ProviderFailureKind.RateLimited,
        "ServiceTimeout" => ProviderFailureKind.Timeout,
        "BadRequest" => ProviderFailureKind.BadRequest,
        "ServiceError" or "ServiceUnavailable" or "ServiceRedirectTemporary" or "ServiceRedirectPermanent" => ProviderFailureKind.ServerError,
        // A refused WebSocket comes as a failed connection; the status is in the words.
        "ConnectionFailure" when failure.Details.Contains("401", StringComparison.Ordinal) || failure.Details.Contains("403", StringComparison.Ordinal) => ProviderFailureKind.Unauthorized,
        "ConnectionFailure" when failure.Details.Contains("429", StringComparison.Ordinal) => ProviderFailureKind.RateLimited,
        "ConnectionFailure" => ProviderFailureKind.Unreachable,
        _ => ProviderFailureKind.BadResponse,
    };

    private static string Advice(ProviderFailureKind kind, AzureSpeechOptions options) => kind switch
    {
        ProviderFailureKind.Unauthorized => "Check key and region.",
        ProviderFailureKind.RateLimited => "The resource's quota is used up: raise it, or take fewer calls.",
        ProviderFailureKind.Unreachable => options.Host is null ? "Check the region's name and the network." : "Check that the container runs and its address.",
        ProviderFailureKind.BadRequest => "Check the names of language and voice.",
        _ => "",
    };
}
