using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Uses every engine of every chain once before the first call, so that the first caller is answered as quickly as the
/// tenth: loads them, opens connections, prepares what the agents' steps expect to hear, listens, speaks. From then on
/// the chains look after themselves.
/// </summary>
internal sealed partial class EngineWarmUp(Lazy<EngineSet> engines, AgentDirectory agents, LoadedConfig config, TimeProvider time, ILogger<EngineWarmUp> logger)
{
    /// <summary>An engine that fails is said in the log and left out; calls are answered all the same.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ScriptedAgent[] scripted = [.. agents.All.OfType<ScriptedAgent>()];
        if (scripted.Length == 0)
            return;
        if (config.Options.Engines.WarmUp)
            await RunAsync(scripted, cancellationToken).ConfigureAwait(false);
        if (!engines.IsValueCreated)
            return;
        foreach (ScriptedAgent agent in scripted.Where(agent => ExpectedWords.HearsOnlyPhrases(engines.Value.Engines.Recognizer, agent)))
            Log.HearsOnlyPhrases(logger, agent.Name, engines.Value.Engines.Recognizer.Name);
    }

    private async Task RunAsync(ScriptedAgent[] scripted, CancellationToken cancellationToken)
    {
        long begin = time.GetTimestamp();
        EngineSet loaded = engines.Value;
        // Each failure is said by its circuit.
        int failed = (await loaded.Watch.WarmUpAsync(cancellationToken).ConfigureAwait(false)).Count;
        Detect(loaded.Engines.VoiceDetector);
        foreach (ScriptedAgent agent in scripted)
        {
            foreach (ISpeechRecognizer recognizer in Healthy(loaded.Engines.Recognizer))
                failed += await TryAsync(() => ListenAsync(recognizer, agent, cancellationToken)).ConfigureAwait(false);
            foreach (ISpeechSynthesizer voice in Healthy(loaded.Engines.Synthesizer, agent.Session.Speaker.Voice))
                failed += await TryAsync(() => ProviderTrial.SpeakAsync(voice, new SynthesisRequest("Hello.", agent.Session.Speaker.Voice, agent.Session.Speaker.Rate), cancellationToken)).ConfigureAwait(false);
            foreach (ChainMember<ISpeechSynthesizer> member in FixedSpeech.KeptBy(loaded.Engines.Synthesizer))
                failed += await TryAsync(() => FixedSpeech.PrepareAsync(member, agent, cancellationToken)).ConfigureAwait(false);
        }
        double seconds = time.GetElapsedTime(begin).TotalSeconds;
        if (failed == 0)
            Log.Warm(logger, seconds);
        else
            Log.PartlyWarm(logger, failed, seconds);
    }

    // Behind a network there is nothing to prepare for an agent: the trial of its provider was enough.
    private static IEnumerable<ISpeechRecognizer> Healthy(ISpeechRecognizer recognizer) => recognizer is RecognizerChain chain
        ? chain.Members.Where(m => m.IsLocal && m.Circuit.IsHealthy).Select(m => m.Engine)
        : [recognizer];

    private static IEnumerable<ISpeechSynthesizer> Healthy(ISpeechSynthesizer voice, string? name) => voice is SynthesizerChain chain
        ? chain.Members.Where(m => m.IsLocal && m.Circuit.IsHealthy && m.Engine.Voices.Any(v => v.Id == name)).Select(m => m.Engine)
        : [voice];

    private static void Detect(IVoiceDetector detector)
    {
        using IVoiceStream stream = detector.Open(static _ => { });
        stream.Push(0, new short[AudioFormat.FrameSamples]);
    }

    private async Task ListenAsync(ISpeechRecognizer recognizer, ScriptedAgent agent, CancellationToken cancellationToken)
    {
        foreach ((string step, string problem) in await ExpectedWords.PrepareAsync(recognizer, agent, cancellationToken).ConfigureAwait(false))
            Log.NotUnderstandable(logger, agent.Name, step, problem);
        if (agent.Definition.Expectations().Select(e => e.Value).FirstOrDefault() is { } expected)
            await ProviderTrial.HearAsync(recognizer, new RecognitionRequest(expected, agent.Session.Language), cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> TryAsync(Func<Task> use)
    {
        try
        {
            await use().ConfigureAwait(false);
            return 0;
        }
        catch (EngineException e)
        {
            Log.Cold(logger, e.Message);
            return 1;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The engines are ready, after {Seconds:0.0} s")]
        public static partial void Warm(ILogger logger, double seconds);

        [LoggerMessage(Level = LogLevel.Information, Message = "The engines are ready but for {Failed}, after {Seconds:0.0} s")]
        public static partial void PartlyWarm(ILogger logger, int failed, double seconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "An engine failed when it was tried: {Reason}")]
        public static partial void Cold(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent} speaks by a language model, but {Recognizer} only hears yes, no, digits, commands and the agent's intents. Put a recogniser of open speech first under engines.stt: whisper, azure or openai")]
        public static partial void HearsOnlyPhrases(ILogger logger, string agent, string recognizer);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}, step {Step}: {Problem}")]
        public static partial void NotUnderstandable(ILogger logger, string agent, string step, string problem);
    }
}
