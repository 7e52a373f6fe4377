using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Flite;

public static class FliteServices
{
    /// <summary>The embedded voices as <see cref="FliteSynthesizer"/> and as an <see cref="ISpeechSynthesizer"/>.</summary>
    public static IServiceCollection AddFlite(this IServiceCollection services, FliteOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<FliteSynthesizer>();
        services.AddSingleton<ISpeechSynthesizer>(s => s.GetRequiredService<FliteSynthesizer>());
        services.AddSingleton<IEngineProbe, FliteProbe>();
        return services;
    }
}
