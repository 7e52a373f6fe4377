using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Inference.Energy;

public static class EnergyServices
{
    /// <summary>The detector that needs no model, as an <see cref="IVoiceDetector"/>.</summary>
    public static IServiceCollection AddEnergyVoiceDetector(this IServiceCollection services)
    {
        services.AddSingleton<EnergyVoiceDetector>();
        services.AddSingleton<IVoiceDetector>(s => s.GetRequiredService<EnergyVoiceDetector>());
        services.AddSingleton<IEngineProbe, EnergyProbe>();
        return services;
    }
}

/// <summary>Always there.</summary>
public sealed class EnergyProbe : IEngineProbe
{
    public string Name => "energy";

    public ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken) =>
        new(EngineStatus.Ok("The energy-based voice detector needs nothing."));
}
