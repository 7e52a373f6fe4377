using Microsoft.Extensions.Logging;

namespace PhoneAgent.Inference.Whisper;

/// <summary>What the utterances of one recogniser share. Thread-safe.</summary>
internal sealed partial class WhisperEngine(IWhisperTranscriber transcriber, WhisperOptions options, ILogger logger)
{
    public IWhisperTranscriber Transcriber => transcriber;

    public WhisperOptions Options => options;

    public TranscriptionPool Pool { get; } = new(options.Parallel, options.MaxWaiting);

    /// <summary>The languages an utterance may be in, the agent's first, as ISO 639-1 codes.</summary>
    public IReadOnlyList<string> LanguagesFor(string requested) =>
        transcriber.IsMultilingual ? [.. options.Languages.Prepend(requested).Select(CodeOf).Distinct(StringComparer.Ordinal)] : ["en"];

    /// <summary>The tag of the configuration, or of the agent, for a code; the code where neither has it.</summary>
    public string TagOf(string code, string requested) =>
        options.Languages.Prepend(requested).FirstOrDefault(tag => CodeOf(tag) == code, code);

    public void OnFailure(Exception error) => Log.Failed(logger, transcriber.Name, error);

    public static string CodeOf(string tag)
    {
        var end = tag.IndexOf('-', StringComparison.Ordinal);
        return (end < 0 ? tag : tag[..end]).ToLowerInvariant();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Model} failed in an utterance")]
        public static partial void Failed(ILogger logger, string model, Exception exception);
    }
}
