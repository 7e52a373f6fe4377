using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.Silero;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Takes the engines that the configuration asks for, or the best that work here. One that is missing is said once, with
/// what stands in; calls are answered all the same.
/// </summary>
internal static partial class EngineSelector
{
    public static CallEngines Select(IServiceProvider services, EngineOptions options)
    {
        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("PhoneAgent.Engines");
        return new CallEngines(
            First(logger, "voice detector", Detectors(services, options.Vad), e => throw e),
            First(logger, "recogniser", Recognizers(services, options.Stt), e => new MissingRecognizer(e.Message)),
            First(logger, "voice", Synthesizers(services, options.Tts), e => new MissingSynthesizer(e.Message)));
    }

    private static T First<T>(ILogger logger, string what, IEnumerable<(string Name, Func<T> Create)> candidates, Func<EngineException, T> otherwise)
    {
        EngineException? last = null;
        foreach ((string name, Func<T> create) in candidates)
        {
            try
            {
                T engine = create();
                Log.Chosen(logger, what, name);
                return engine;
            }
            catch (EngineException e)
            {
                Log.Unusable(logger, what, name, e.Message);
                last = e;
            }
        }
        Log.None(logger, what);
        return otherwise(last ?? new EngineException($"No {what} is configured."));
    }

    private static IEnumerable<(string, Func<IVoiceDetector>)> Detectors(IServiceProvider services, VoiceDetectorChoice choice)
    {
        if (choice is VoiceDetectorChoice.Auto or VoiceDetectorChoice.Silero)
            yield return ("silero", services.GetRequiredService<SileroVoiceDetector>);
        // Also when silero was asked for: it needs nothing, and a call without a detector would be deaf.
        yield return ("energy", services.GetRequiredService<EnergyVoiceDetector>);
    }

    private static IEnumerable<(string, Func<ISpeechRecognizer>)> Recognizers(IServiceProvider services, RecognizerChoice choice)
    {
        if (choice is RecognizerChoice.Auto or RecognizerChoice.PocketSphinx)
            yield return ("pocketsphinx", services.GetRequiredService<PocketSphinxRecognizer>);
    }

    private static IEnumerable<(string, Func<ISpeechSynthesizer>)> Synthesizers(IServiceProvider services, SynthesizerChoice choice)
    {
        if (choice is SynthesizerChoice.Auto or SynthesizerChoice.Flite)
            yield return ("flite", services.GetRequiredService<FliteSynthesizer>);
        if (choice is SynthesizerChoice.Auto or SynthesizerChoice.Espeak)
            yield return ("espeak", services.GetRequiredService<EspeakSynthesizer>);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The {What} is {Name}")]
        public static partial void Chosen(ILogger logger, string what, string name);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} {Name} cannot be used: {Reason}")]
        public static partial void Unusable(ILogger logger, string what, string name, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "There is no {What}. Calls are answered, but what needs it fails; 'phoneagent doctor' says what to do.")]
        public static partial void None(ILogger logger, string what);
    }
}
