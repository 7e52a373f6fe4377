using PhoneAgent.Conversation.Providers;
using PhoneAgent.Telephony.Sip.Registration;

namespace PhoneAgent.Server.SystemHealth;

/// <summary>How this server is doing, for people and monitoring. Says nothing about who calls.</summary>
public sealed record HealthReport
{
    public required string Version { get; init; }
    /// <summary>starting, ready, draining or stopped.</summary>
    public required string Phase { get; init; }
    public TimeSpan Uptime { get; init; }
    public int Calls { get; init; }
    public int Listeners { get; init; }
    /// <summary>0–1 of all processors, since the last look; null at the first.</summary>
    public double? ProcessorLoad { get; init; }
    public long MemoryBytes { get; init; }
    public required MediaHealth Media { get; init; }
    public required EngineHealth Engines { get; init; }
    public IReadOnlyList<ProviderStatus> Providers { get; init; } = [];
    public IReadOnlyList<RegistrationStatus> Registrations { get; init; } = [];
    public required DiskHealth Disk { get; init; }
    public required StorageHealth Storage { get; init; }

    /// <summary>What somebody should look at, in words.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (ProviderStatus provider in Providers.Where(p => p.State != ProviderState.Healthy))
            yield return $"{provider.Stage}: {provider.Provider} {(provider.State == ProviderState.Refused ? "refuses our key" : "rests")}: {provider.LastFailure}";
        foreach ((string name, string reason) in Engines.Unusable)
            yield return $"{name} cannot be used: {reason}";
        foreach (RegistrationStatus account in Registrations.Where(r => r.State == RegistrationState.Failed))
            yield return $"The account {account.Account} is not registered: {account.Reason}";
        if (Media.LossShare >= 0.02)
            yield return $"{Media.LossShare:P1} of the packets of the running calls were lost.";
        if (Media.FramesDropped > 0)
            yield return $"{Media.FramesDropped} frames or messages were dropped in the running calls: the machine is too slow.";
        if (Disk.Problem is { } disk)
            yield return disk;
        if (Storage.Problem is { } storage)
            yield return $"The database takes nothing of the calls now: {storage}";
        if (Storage.Dropped > 0)
            yield return $"{Storage.Dropped} changes of calls found no room on the way to the database; events among them are written at the end of their calls.";
    }
}

/// <summary>Of the calls that run now.</summary>
/// <param name="PacketsRecovered">Lost ones whose sound was in the packet behind them (FEC).</param>
/// <param name="FramesConcealed">Of 20 ms, made up in place of what was lost.</param>
public sealed record MediaHealth(long PacketsReceived, long PacketsLost, long PacketsRecovered, long FramesConcealed, long FramesDropped, TimeSpan WorstJitter)
{
    /// <summary>0–1.</summary>
    public double LossShare => PacketsReceived + PacketsLost == 0 ? 0 : PacketsLost / (double)(PacketsReceived + PacketsLost);
}

/// <param name="AreLoaded">The first call, or the warm-up, loads them.</param>
/// <param name="Model">Who thinks; null: the agents' scripts. Who hears and speaks is among the providers.</param>
/// <param name="EmotionModel">Its name; null: none.</param>
/// <param name="Unusable">What the configuration names and could not be made, and why.</param>
public sealed record EngineHealth(bool AreLoaded, string? VoiceDetector, string? Model, string? EmotionModel, IReadOnlyDictionary<string, string> Unusable);

/// <param name="FreeBytes">Where records go; null when it cannot be told.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
public sealed record DiskHealth(long? FreeBytes, long? TotalBytes, string? Problem);

/// <param name="Written">Changes of calls that went into the database since the start.</param>
/// <param name="Dropped">Changes that found no room on the way.</param>
/// <param name="Problem">Why it takes nothing now; null while it does.</param>
public sealed record StorageHealth(long Written, long Dropped, string? Problem);
