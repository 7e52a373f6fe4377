using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Tries what is embedded, and every member of every chain.</summary>
internal static class EngineCheck
{
    private const string Area = "engines";

    /// <summary>Which engines of this machine can be used?</summary>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(IEnumerable<IEngineProbe> probes, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (IEngineProbe probe in probes)
        {
            EngineStatus status = await probe.ProbeAsync(cancellationToken).ConfigureAwait(false);
            results.Add(status.Health switch
            {
                EngineHealth.Ok => CheckResult.Ok(Area, $"{probe.Name}: {status.Message}"),
                EngineHealth.Degraded => CheckResult.Warn(Area, $"{probe.Name}: {status.Message}", "It can be used as it is."),
                _ => CheckResult.Warn(Area, $"{probe.Name} cannot be used", status.Message),
            });
        }
        return results;
    }

    /// <summary>Do the chains work that calls will use? Asks every member something small.</summary>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(EngineSet engines, EngineOptions options, CancellationToken cancellationToken)
    {
        await engines.Watch.WarmUpAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. Check("engines.stt", "hears", options.Stt, (engines.Engines.Recognizer as RecognizerChain)?.Members.Select(m => m.Circuit),
                "there is no recogniser: callers can only press keys", "apt-get install libpocketsphinx3 pocketsphinx-en-us, or a provider in engines.stt"),
            .. Check("engines.tts", "speaks", options.Tts, (engines.Engines.Synthesizer as SynthesizerChain)?.Members.Select(m => m.Circuit),
                "there is no voice: agents can only play files", "apt-get install libflite1 or espeak-ng, or a provider in engines.tts"),
            .. options.Llm is [EngineNames.Script] ? [] : Check("engines.llm", "thinks", options.Llm, engines.Model?.Members.Select(m => m.Circuit),
                "there is no language model: agents that need one cannot talk", "Mend the providers that engines.llm names, or put script at its end."),
        ];
    }

    private static IEnumerable<CheckResult> Check(string key, string verb, IReadOnlyList<string> asked, IEnumerable<ProviderCircuit>? members, string none, string advice)
    {
        if (members is null)
        {
            yield return CheckResult.Fail(Area, none, advice);
            yield break;
        }
        ProviderStatus[] statuses = [.. members.Select(c => c.Status)];
        foreach (string name in asked.Where(n => n is not (EngineNames.Auto or EngineNames.Script) && !Array.Exists(statuses, s => s.Provider == n)))
            yield return CheckResult.Warn(Area, $"{key}: {name} cannot be used", $"The start of 'phoneagent serve' says why. In its place: {string.Join(", ", statuses.Select(s => s.Provider))}.");
        for (int i = 0; i < statuses.Length; i++)
        {
            string place = i == 0 ? verb : $"stands in for {statuses[i - 1].Provider}";
            yield return statuses[i].State == ProviderState.Healthy
                ? CheckResult.Ok(Area, $"{key}: {statuses[i].Provider} {place}")
                : CheckResult.Warn(Area, $"{key}: {statuses[i].Provider} does not work", statuses[i].LastFailure ?? "It was left out.");
        }
        if (Array.TrueForAll(statuses, s => s.State != ProviderState.Healthy))
            yield return CheckResult.Fail(Area, $"{key}: nobody {verb}", advice);
    }
}
