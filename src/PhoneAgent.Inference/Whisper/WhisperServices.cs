using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Models;

namespace PhoneAgent.Inference.Whisper;

/// <summary>Makes recognisers of a ggml model in this process; several, with other models, may live side by side.</summary>
public static class WhisperServices
{
    /// <summary>True where the package Whisper.net is part of this build.</summary>
    public static bool IsBuiltIn =>
#if WITH_WHISPERNET
        true;
#else
        false;
#endif

    /// <summary>Loads the model, which takes up to some seconds.</summary>
    /// <exception cref="EngineException">Whisper.net is not part of this build, or the model is missing or damaged; the message says what to do.</exception>
    public static ISpeechRecognizer CreateRecognizer(WhisperOptions options, ModelStore models, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(models);
#if WITH_WHISPERNET
        return WhisperNet.WhisperNetServices.Create(options, models, loggers);
#else
        throw new EngineException(NotBuiltIn);
#endif
    }

    /// <summary>Where the model of the options lies.</summary>
    /// <exception cref="EngineException">It is not here; the message says how to get it.</exception>
    public static string FindModel(WhisperOptions options, ModelStore models)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(models);
        return IsPath(options.Model) ? Path.GetFullPath(options.Model) : models.Require(options.Model);
    }

    /// <summary>True for the path of a ggml file, false for a name of the manifest.</summary>
    public static bool IsPath(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || model.Contains('/', StringComparison.Ordinal) || model.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    internal const string NotBuiltIn =
        "Whisper.net is not part of this build, because its package could not be restored: build where it can (tools/restore.sh --force), "
        + "or let an OpenAI-compatible server run Whisper.";
}
