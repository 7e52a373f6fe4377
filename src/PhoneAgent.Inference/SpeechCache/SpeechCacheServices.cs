using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Inference.SpeechCache;

public static class SpeechCacheServices
{
    /// <summary>The store and the list of what may be in it, for <see cref="CachedSynthesizer"/>. The folder is opened when it is first wanted.</summary>
    public static IServiceCollection AddSpeechCache(this IServiceCollection services, SpeechCacheOptions options)
    {
        services.TryAddSingleton(s => new SpeechCacheStore(options, s.GetService<TimeProvider>() ?? TimeProvider.System, s.GetService<ILogger<SpeechCacheStore>>()));
        services.TryAddSingleton<FixedPhrases>();
        return services;
    }
}
