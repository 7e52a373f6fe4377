using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Inference.Silero;

public static class SileroServices
{
    /// <summary>Silero VAD as an <see cref="IVoiceDetector"/>. Needs <see cref="Onnx.OnnxServices.AddOnnx"/>.</summary>
    public static IServiceCollection AddSilero(this IServiceCollection services, SileroOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<SileroVoiceDetector>();
        services.AddSingleton<IVoiceDetector>(s => s.GetRequiredService<SileroVoiceDetector>());
        services.AddSingleton<IEngineProbe, SileroProbe>();
        return services;
    }
}
