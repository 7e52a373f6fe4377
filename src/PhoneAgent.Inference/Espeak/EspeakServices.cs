using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Espeak;

public static class EspeakServices
{
    /// <summary>eSpeak NG as an <see cref="ISpeechSynthesizer"/>. Asks the program for its voices when it is first wanted.</summary>
    public static IServiceCollection AddEspeak(this IServiceCollection services, EspeakOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(_ => Task.Run(() => EspeakSynthesizer.CreateAsync(options, CancellationToken.None)).GetAwaiter().GetResult());
        services.AddSingleton<ISpeechSynthesizer>(s => s.GetRequiredService<EspeakSynthesizer>());
        services.AddSingleton<IEngineProbe, EspeakProbe>();
        return services;
    }
}

/// <summary>Lists the program's voices.</summary>
public sealed class EspeakProbe(EspeakOptions options) : IEngineProbe
{
    public string Name => "espeak";

    public async ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var synthesizer = await EspeakSynthesizer.CreateAsync(options, cancellationToken).ConfigureAwait(false);
            return EngineStatus.Ok($"eSpeak NG has {synthesizer.Voices.Count} languages; default '{options.Voice}'.");
        }
        catch (EngineException e)
        {
            return EngineStatus.Missing(e.Message);
        }
    }
}
