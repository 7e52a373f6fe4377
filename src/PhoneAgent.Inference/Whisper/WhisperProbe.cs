using PhoneAgent.Conversation;
using PhoneAgent.Inference.Models;

namespace PhoneAgent.Inference.Whisper;

/// <summary>Looks at the model's file and loads it.</summary>
/// <param name="name">The provider's in the configuration.</param>
public sealed class WhisperProbe(WhisperOptions options, ModelStore models, string name = "whisper") : IEngineProbe
{
    public string Name => name;

    public async ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var model = GgmlModelFile.Inspect(WhisperServices.FindModel(options, models));
            await using var recognizer = WhisperServices.CreateRecognizer(options, models).ConfigureAwait(false);
            return EngineStatus.Ok($"Whisper understands {(model.IsMultilingual ? "many languages" : "English")} with {Path.GetFileName(model.Path)}.");
        }
        catch (EngineException e)
        {
            return EngineStatus.Missing(e.Message);
        }
    }
}
