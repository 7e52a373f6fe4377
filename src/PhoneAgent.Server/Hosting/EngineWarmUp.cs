using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Uses every engine once before the first call, so that the first caller is answered as quickly as the tenth: loads
/// them, prepares what the agents' steps expect to hear, listens, speaks.
/// </summary>
internal sealed partial class EngineWarmUp(Lazy<CallEngines> engines, AgentDirectory agents, LoadedConfig config, TimeProvider time, ILogger<EngineWarmUp> logger)
{
    private const int FramesHeard = 25;

    /// <summary>An engine that fails is said in the log; calls are answered all the same.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ScriptedAgent[] scripted = [.. agents.All.OfType<ScriptedAgent>()];
        if (!config.Options.Engines.WarmUp || scripted.Length == 0)
            return;
        long begin = time.GetTimestamp();
        CallEngines loaded = engines.Value;
        try
        {
            Detect(loaded.VoiceDetector);
            foreach (ScriptedAgent agent in scripted)
            {
                await ListenAsync(loaded.Recognizer, agent, cancellationToken).ConfigureAwait(false);
                await SpeakAsync(loaded.Synthesizer, agent, cancellationToken).ConfigureAwait(false);
            }
            double seconds = time.GetElapsedTime(begin).TotalSeconds;
            Log.Warm(logger, seconds);
        }
        catch (EngineException e)
        {
            Log.Cold(logger, e.Message);
        }
    }

    private static void Detect(IVoiceDetector detector)
    {
        using IVoiceStream stream = detector.Open(static _ => { });
        stream.Push(0, new short[AudioFormat.FrameSamples]);
    }

    private async Task ListenAsync(ISpeechRecognizer recognizer, ScriptedAgent agent, CancellationToken cancellationToken)
    {
        foreach ((string step, string problem) in await ExpectedWords.PrepareAsync(recognizer, agent, cancellationToken).ConfigureAwait(false))
            Log.NotUnderstandable(logger, agent.Name, step, problem);
        if (agent.Definition.Expectations().Select(e => e.Value).FirstOrDefault() is not { } expected)
            return;
        var final = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using IRecognitionStream stream = recognizer.Open(new RecognitionRequest(expected, agent.Session.Language), result =>
        {
            if (result.IsFinal)
                final.TrySetResult();
        });
        short[] silence = new short[AudioFormat.FrameSamples];
        for (int i = 0; i < FramesHeard; i++)
            stream.Push(silence);
        stream.Finish();
        await final.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task SpeakAsync(ISpeechSynthesizer synthesizer, ScriptedAgent agent, CancellationToken cancellationToken)
    {
        SpeakerOptions speaker = agent.Session.Speaker;
        await foreach (SynthesizedAudio _ in synthesizer.SynthesizeAsync(new SynthesisRequest("Hello.", speaker.Voice, speaker.Rate), cancellationToken).ConfigureAwait(false))
        {
            // Nobody listens.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The engines are ready, after {Seconds:0.0} s")]
        public static partial void Warm(ILogger logger, double seconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "An engine failed when it was tried: {Reason}")]
        public static partial void Cold(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {Agent}, step {Step}: {Problem}")]
        public static partial void NotUnderstandable(ILogger logger, string agent, string step, string problem);
    }
}
