using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Flite;

/// <summary>Speaks a word with the configured voice.</summary>
public sealed class FliteProbe(FliteOptions options) : IEngineProbe
{
    public string Name => "flite";

    public async ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var synthesizer = new FliteSynthesizer(options);
            var samples = 0;
            await foreach (var chunk in synthesizer.SynthesizeAsync(new SynthesisRequest("Hello."), cancellationToken).ConfigureAwait(false))
                samples += chunk.Samples.Length;
            return samples > 0
                ? EngineStatus.Ok($"flite speaks, voice '{options.Voice}'.")
                : EngineStatus.Missing("flite gave no sound: reinstall libflite1.");
        }
        catch (EngineException e)
        {
            return EngineStatus.Missing(e.Message);
        }
    }
}
