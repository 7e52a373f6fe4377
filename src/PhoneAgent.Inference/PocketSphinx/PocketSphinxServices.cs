using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.PocketSphinx;

public static class PocketSphinxServices
{
    /// <summary>The embedded recogniser as <see cref="PocketSphinxRecognizer"/> and as an <see cref="ISpeechRecognizer"/>.</summary>
    public static IServiceCollection AddPocketSphinx(this IServiceCollection services, PocketSphinxOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<PocketSphinxRecognizer>();
        services.AddSingleton<ISpeechRecognizer>(s => s.GetRequiredService<PocketSphinxRecognizer>());
        services.AddSingleton<IEngineProbe, PocketSphinxProbe>();
        return services;
    }
}
