using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Emotion;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Silero;
using PhoneAgent.Inference.SpeechCache;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Makes the chains that the configuration asks for. A member that cannot be made is said once, with what stands in; when a
/// chain has none left, what is embedded stands in, and calls are answered all the same.
/// </summary>
internal sealed partial class EngineSelector
{
    private static readonly string[] EmbeddedRecognizers = ["pocketsphinx"];
    private static readonly string[] EmbeddedVoices = ["flite", "espeak"];

    private readonly IServiceProvider _services;
    private readonly PhoneAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ProviderFactory _factory;
    private readonly ILogger _logger;
    private readonly ProviderWatch _watch;
    private readonly Dictionary<string, string> _unusable = [];

    private EngineSelector(IServiceProvider services, LoadedConfig config, ProviderWatch watch, TimeProvider time)
    {
        (_services, _options, _watch, _time) = (services, config.Options, watch, time);
        _factory = new ProviderFactory(services, config);
        _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("PhoneAgent.Engines");
    }

    /// <param name="replay">Only the first of each chain that can be made, without limits: results come at the same place in every run.</param>
    public static EngineSet Select(IServiceProvider services, LoadedConfig config, TimeProvider time, bool replay = false) =>
        new EngineSelector(services, config, new ProviderWatch(config.Options.Engines.CheckIdleAfter, config.Options.Engines.Limits.Background, time), time).Select(replay);

    private EngineSet Select(bool replay)
    {
        EngineOptions engines = _options.Engines;
        int most = replay ? 1 : int.MaxValue;
        List<ChainMember<ISpeechRecognizer>> hearing = Members("stt", "recogniser", engines.Stt, EmbeddedRecognizers, most, _factory.Recognizer, ProviderTrial.HearAsync);
        List<ChainMember<ISpeechSynthesizer>> speaking = Members("tts", "voice", engines.Tts, EmbeddedVoices, most, _factory.Synthesizer, ProviderTrial.SpeakAsync);
        List<ChainMember<IChatClient>> thinking = Members("llm", "language model", [.. engines.Llm.Where(n => n != EngineNames.Script)], [], most, ProviderFactory.Model, ProviderTrial.AnswerAsync);
        foreach (string name in _options.Providers.Keys.Except([.. engines.Stt, .. engines.Llm, .. engines.Tts]))
            Log.InNoChain(_logger, name);
        if (engines.TtsCache.Enabled && !replay)
            speaking = speaking.ConvertAll(Keeping);
        return new EngineSet(
            new CallEngines(
                Detector(),
                hearing.Count > 0 ? new RecognizerChain(hearing, engines.Limits, _time) : new MissingRecognizer(Nothing("recogniser")),
                speaking.Count > 0 ? new SynthesizerChain(speaking, engines.Limits, _time) : new MissingSynthesizer(Nothing("voice")))
            {
                Tone = Tone(),
            },
            thinking.Count > 0 ? new ChatChain(thinking, engines.Limits, _time) { Prices = Prices() } : null,
            _watch)
        {
            ScriptStandsIn = engines.Llm.Contains(EngineNames.Script),
            Unusable = _unusable,
        };
    }

    /// <summary>Around each voice by itself, and not seen by its trials: what is on the disk says nothing of its health.</summary>
    private ChainMember<ISpeechSynthesizer> Keeping(ChainMember<ISpeechSynthesizer> member)
    {
        ProviderOptions provider = EngineNames.Find(_options, member.Name)!;
        string variant = $"{member.Name} {provider.Settings} {string.Join(' ', provider.Voices.OrderBy(v => v.Key, StringComparer.Ordinal))}";
        return member with
        {
            Engine = new CachedSynthesizer(
                member.Engine, _services.GetRequiredService<SpeechCacheStore>(), _services.GetRequiredService<FixedPhrases>(), variant),
        };
    }

    private List<ChainMember<T>> Members<T>(
        string stage, string what, IReadOnlyList<string> names, string[] embedded, int most, Func<string, ProviderOptions, T> make, Func<T, CancellationToken, Task> trial)
    {
        var members = new List<ChainMember<T>>();
        var unusable = new List<(string Name, string Reason)>();
        foreach (string name in names)
        {
            if (members.Count >= most)
                break;
            if (name == EngineNames.Auto)
                AddFirst(embedded);
            else
                TryAdd(name);
        }
        // Somebody was asked for and none of them can be had: better the embedded one than a deaf or mute line.
        if (members.Count == 0 && embedded.Length > 0)
            AddFirst([.. embedded.Except(names)]);
        string all = string.Join(", ", members.Select(m => m.Name));
        bool scriptStandsIn = stage == "llm" && _options.Engines.Llm.Contains(EngineNames.Script);
        string standIn = all.Length > 0 ? all : scriptStandsIn ? "the agents' scripts" : "nothing";
        foreach ((string name, string reason) in unusable)
        {
            _unusable[name] = reason;
            Log.Unusable(_logger, what, name, reason, standIn);
        }
        if (members.Count > 0)
            Log.Chosen(_logger, what, all);
        else if (names.Count > 0 && !scriptStandsIn)
            Log.None(_logger, what);
        return members;

        void AddFirst(string[] candidates)
        {
            foreach (string name in candidates)
            {
                if (TryAdd(name))
                    return;
            }
        }

        bool TryAdd(string name)
        {
            if (members.Exists(m => m.Name == name))
                return true; // what "auto" has chosen may be named, too
            ProviderOptions provider = EngineNames.Find(_options, name)!;
            try
            {
                T engine = make(name, provider);
                var member = new ChainMember<T>(name, engine, new ProviderCircuit(stage, name, _options.Engines.Circuit, _time, _logger)) { IsLocal = ProviderKinds.All[provider.Kind].IsLocal };
                _watch.Add(member.Circuit, token => trial(engine, token), member.IsLocal);
                members.Add(member);
                return true;
            }
            catch (Exception e) when (e is EngineException or ArgumentException)
            {
                unusable.Add((name, e.Message));
                return false;
            }
        }
    }

    private IVoiceDetector Detector()
    {
        if (_options.Engines.Vad != VoiceDetectorChoice.Energy)
        {
            try
            {
                return _services.GetRequiredService<SileroVoiceDetector>();
            }
            catch (EngineException e)
            {
                // Also when silero was asked for: energy needs nothing, and a call without a detector would be deaf.
                Log.Unusable(_logger, "voice detector", "silero", e.Message, "energy");
            }
        }
        return _services.GetRequiredService<EnergyVoiceDetector>();
    }

    private ToneHearing? Tone()
    {
        EmotionOptions emotion = _options.Emotion;
        if (!emotion.Enabled)
            return null;
        try
        {
            var classifier = new EmotionClassifier(
                _services.GetRequiredService<IOnnxRuntime>(), _services.GetRequiredService<EmotionModelOptions>(), _services.GetService<ILogger<EmotionClassifier>>());
            Log.Chosen(_logger, "emotion classifier", classifier.Name);
            return new ToneHearing(classifier) { InterimEvery = emotion.InterimEvery, Patience = emotion.Patience };
        }
        catch (EngineException e)
        {
            _unusable["emotion"] = e.Message;
            Log.Unusable(_logger, "emotion classifier", "of emotion.model", e.Message, "words and behaviour");
            return null;
        }
    }

    private Dictionary<string, ModelPrice> Prices() => _options.Providers
        .Where(p => p.Value.InputPrice is not null || p.Value.OutputPrice is not null)
        .ToDictionary(p => p.Key, p => new ModelPrice((decimal)(p.Value.InputPrice ?? 0), (decimal)(p.Value.OutputPrice ?? 0)));

    private static string Nothing(string what) => $"No {what} can be had; 'phoneagent doctor' says what to do.";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The {What}: {Names}")]
        public static partial void Chosen(ILogger logger, string what, string names);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} {Name} cannot be used: {Reason} In its place: {StandIn}.")]
        public static partial void Unusable(ILogger logger, string what, string name, string reason, string standIn);

        [LoggerMessage(Level = LogLevel.Warning, Message = "providers.{Name} is not used: no chain names it, see engines.stt, engines.llm and engines.tts.")]
        public static partial void InNoChain(ILogger logger, string name);

        [LoggerMessage(Level = LogLevel.Error, Message = "There is no {What}. Calls are answered, but what needs it fails; 'phoneagent doctor' says what to do.")]
        public static partial void None(ILogger logger, string what);
    }
}
