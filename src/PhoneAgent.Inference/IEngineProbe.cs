namespace PhoneAgent.Inference;

/// <summary>Says whether an engine can work on this machine, without starting a call. `phoneagent doctor` asks every one.</summary>
public interface IEngineProbe
{
    string Name { get; }

    /// <summary>Tries the engine. Never throws but for cancellation: what is wrong is in the status.</summary>
    ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken);
}

public enum EngineHealth
{
    Ok,
    /// <summary>Works, but not as well as it could; the message says what is lost.</summary>
    Degraded,
    /// <summary>Can not be used; the message says what to do.</summary>
    Missing,
}

/// <param name="Message">One sentence for a person: what is there, or what to do.</param>
public sealed record EngineStatus(EngineHealth Health, string Message)
{
    public static EngineStatus Ok(string message) => new(EngineHealth.Ok, message);
    public static EngineStatus Degraded(string message) => new(EngineHealth.Degraded, message);
    public static EngineStatus Missing(string message) => new(EngineHealth.Missing, message);
}
