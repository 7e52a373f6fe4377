using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Piper;

public static class PiperServices
{
    /// <summary>Piper's voices as an <see cref="ISpeechSynthesizer"/>; needs <see cref="OnnxServices.AddOnnx"/>. The folder is read when it is first wanted.</summary>
    public static IServiceCollection AddPiper(this IServiceCollection services, PiperOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(s => new PiperSynthesizer(options, s.GetRequiredService<IOnnxRuntime>(), s.GetService<ILogger<PiperSynthesizer>>()));
        services.AddSingleton<ISpeechSynthesizer>(s => s.GetRequiredService<PiperSynthesizer>());
        services.AddSingleton<IEngineProbe>(s => new PiperProbe(options, s.GetRequiredService<IOnnxRuntime>));
        return services;
    }
}

/// <summary>Says a word with the default voice.</summary>
public sealed class PiperProbe(PiperOptions options, Func<IOnnxRuntime> runtime) : IEngineProbe
{
    public string Name => "piper";

    public async ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var synthesizer = new PiperSynthesizer(options, runtime());
            var samples = 0;
            await foreach (var chunk in synthesizer.SynthesizeAsync(new SynthesisRequest("Hello."), cancellationToken).ConfigureAwait(false))
                samples += chunk.Samples.Length;
            var first = synthesizer.Voices[0];
            return samples > 0
                ? EngineStatus.Ok($"Piper speaks; {synthesizer.Voices.Count} voices, default '{first.Id}'.")
                : EngineStatus.Missing($"The Piper voice {first.Id} gave no sound: do its two files belong together?");
        }
        catch (EngineException e)
        {
            return EngineStatus.Missing(e.Message);
        }
    }
}
