using PhoneAgent.Inference;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Tries every engine.</summary>
internal static class EngineCheck
{
    private const string Area = "engines";

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(IEnumerable<IEngineProbe> probes, EngineOptions options, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        var healthy = new HashSet<string>();
        foreach (IEngineProbe probe in probes)
        {
            EngineStatus status = await probe.ProbeAsync(cancellationToken).ConfigureAwait(false);
            if (status.Health != EngineHealth.Missing)
                healthy.Add(probe.Name);
            results.Add(status.Health switch
            {
                EngineHealth.Ok => CheckResult.Ok(Area, $"{probe.Name}: {status.Message}"),
                EngineHealth.Degraded => CheckResult.Warn(Area, $"{probe.Name}: {status.Message}", "It can be used as it is."),
                _ => CheckResult.Warn(Area, $"{probe.Name} cannot be used", status.Message),
            });
        }
        if (!healthy.Contains("pocketsphinx"))
            results.Add(CheckResult.Fail(Area, "there is no recogniser: callers can only press keys", "apt-get install libpocketsphinx3 pocketsphinx-en-us"));
        if (!healthy.Contains("flite") && !healthy.Contains("espeak"))
            results.Add(CheckResult.Fail(Area, "there is no voice: agents can only play files", "apt-get install libflite1, or espeak-ng"));
        if (options.Tts == SynthesizerChoice.Espeak && !healthy.Contains("espeak"))
            results.Add(CheckResult.Fail(Area, "engines.tts asks for espeak, which cannot be used", "apt-get install espeak-ng, or engines.tts: auto"));
        if (options.Tts == SynthesizerChoice.Flite && !healthy.Contains("flite"))
            results.Add(CheckResult.Fail(Area, "engines.tts asks for flite, which cannot be used", "apt-get install libflite1, or engines.tts: auto"));
        return results;
    }
}
