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
        var results = new List<CheckResult>();
        await engines.Watch.WarmUpAsync(cancellationToken).ConfigureAwait(false);
        results.AddRange(Check("engines.stt", "hears", options.Stt, engines.Unusable, (engines.Engines.Recognizer as RecognizerChain)?.Members.Select(m => m.Circuit),
            "there is no recogniser: callers can only press keys", "apt-get install libpocketsphinx3 pocketsphinx-en-us, or a provider in engines.stt"));
        results.AddRange(Check("engines.tts", "speaks", options.Tts, engines.Unusable, (engines.Engines.Synthesizer as SynthesizerChain)?.Members.Select(m => m.Circuit),
            "there is no voice: agents can only play files", "apt-get install libflite1 or espeak-ng, or a provider in engines.tts"));
        if (options.Llm is not [EngineNames.Script])
        {
            results.AddRange(Check("engines.llm", "thinks", options.Llm, engines.Unusable, engines.Model?.Members.Select(m => m.Circuit),
                "there is no language model: agents that need one cannot talk", "Mend the providers that engines.llm names, or put script at its end."));
        }
        return results;
    }

    private static IEnumerable<CheckResult> Check(string key, string verb, IReadOnlyList<string> asked, IReadOnlyDictionary<string, string> unusable, IEnumerable<ProviderCircuit>? members, string none, string advice)
    {
        foreach (string name in asked.Where(unusable.ContainsKey))
            yield return CheckResult.Warn(Area, $"{key}: {name} cannot be used", unusable[name]);
        if (members is null)
        {
            yield return CheckResult.Fail(Area, none, advice);
            yield break;
        }
        ProviderStatus[] statuses = [.. members.Select(c => c.Status)];
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
