using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>Makes recognisers and voices of Azure Speech; several, with other resources, may live side by side.</summary>
public static class AzureSpeechServices
{
    private const string NotBuiltIn =
        "Azure Speech is not part of this build, because the package Microsoft.CognitiveServices.Speech could not be restored: build where it can "
        + "(tools/restore.sh --force).";

    /// <summary>True where the package Microsoft.CognitiveServices.Speech is part of this build.</summary>
    public static bool IsBuiltIn =>
#if WITH_AZURESPEECH
        true;
#else
        false;
#endif

    /// <param name="options">With name and key, see <see cref="AzureSpeechOptions.For"/>.</param>
    /// <exception cref="EngineException">The options are wrong, or the package is not part of this build.</exception>
    public static ISpeechRecognizer CreateRecognizer(AzureSpeechOptions options, ILoggerFactory? loggers = null)
    {
        Check(options);
#if WITH_AZURESPEECH
        return new AzureRecognizer(options, new Sdk.SdkHearing(options), TimeProvider.System, loggers?.CreateLogger<AzureRecognizer>());
#else
        throw new EngineException(NotBuiltIn);
#endif
    }

    /// <exception cref="EngineException">The options are wrong, or the package is not part of this build.</exception>
    public static ISpeechSynthesizer CreateSynthesizer(AzureSpeechOptions options)
    {
        Check(options);
#if WITH_AZURESPEECH
        return new AzureSynthesizer(options, new Sdk.SdkSpeaking(options));
#else
        throw new EngineException(NotBuiltIn);
#endif
    }

    private static void Check(AzureSpeechOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Problems().ToList();
        if (options.Host is null && options.Key.Length == 0)
            problems.Add("api_key: the key of the resource is missing.");
        if (problems.Count > 0)
            throw new EngineException(string.Join(Environment.NewLine, problems.Select(problem => $"Azure Speech, provider {options.Name}: {problem}")));
    }
}
