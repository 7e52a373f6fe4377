using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Escalation.ModelReading;
using PhoneAgent.Inference.Emotion;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.Mcp;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.Silero;
using PhoneAgent.Inference.SpeechCache;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Outbound;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Hosting;

/// <summary>What this program is made of.</summary>
internal static class PhoneAgentServices
{
    /// <summary>Every engine that there is; which are used is decided at start.</summary>
    /// <param name="replay">Engines whose results come at the same place in every run.</param>
    public static IServiceCollection AddEngines(this IServiceCollection services, LoadedConfig config, bool replay = false) => services
        .AddOnnx(new OnnxOptions())
        .AddSilero(new SileroOptions { ModelPath = SileroPath(config), Batch = !replay })
        .AddEnergyVoiceDetector()
        .AddEmotion(new EmotionModelOptions { ModelPath = EmotionPath(config), AtOnce = config.Options.Emotion.AtOnce }, isUsed: config.Options.Emotion.Enabled)
        .AddPocketSphinx(new PocketSphinxOptions())
        .AddFlite(new FliteOptions())
        .AddEspeak(new EspeakOptions())
        .AddSpeechCache(config.Options.Engines.TtsCache with { Folder = config.PathOf(config.Options.Engines.TtsCache.Folder) })
        .AddSingleton(s => EngineSelector.Select(s, config, TimeProvider.System, replay))
        .AddSingleton(s => s.GetRequiredService<EngineSet>().Engines);

    /// <summary>What carries the sound of calls.</summary>
    public static IServiceCollection AddMedia(this IServiceCollection services, LoadedConfig config) => services
        .AddSingleton(s => new RtpCallMediaFactory(config.Options.Media.ToRtp(), s.GetRequiredService<ILogger<RtpCallMediaFactory>>()))
        .AddSingleton<ICallMediaFactory>(s => s.GetRequiredService<RtpCallMediaFactory>())
        .AddSingleton(s => s.GetRequiredService<RtpCallMediaFactory>().Clock);

    /// <summary>A telephone line over SIP, which calls nobody without asking the guard.</summary>
    public static IServiceCollection AddSipLine(this IServiceCollection services, SipOptions sip) => services
        .AddSingleton(s => SipLines.Create(sip, s.GetRequiredService<ICallMediaFactory>(), s.GetRequiredService<OutboundGuard>(), TimeProvider.System, s.GetRequiredService<ILoggerFactory>()))
        .AddSingleton(s => new OutboundGuard(
            s.GetRequiredService<LoadedConfig>().Options.Outbound, sip, () => s.GetRequiredService<AgentDirectory>().NamedNumbers, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<OutboundGuard>>()))
        .AddSingleton<IPhoneLine>(s => s.GetRequiredService<SipPhoneLine>());

    /// <summary>Agents answer what arrives on the line.</summary>
    public static IServiceCollection AddCalls(this IServiceCollection services, LoadedConfig config, AgentDirectory agents) => services
        .AddSingleton(config)
        .AddSingleton(agents)
        .AddSingleton(TimeProvider.System)
        .AddSingleton(s => new Lazy<EngineSet>(() => LookedAfter(s.GetRequiredService<EngineSet>())))
        .AddSingleton(s => new Lazy<CallEngines>(() => WithModel(s.GetRequiredService<Lazy<EngineSet>>().Value, s.GetRequiredService<ServerTools>()) with { Transfers = s.GetRequiredService<TransferSetup>() }))
        .AddStorage()
        .AddCampaignStorage()
        .AddTransfers(config)
        .AddSingleton<Func<string, Stream>>(CallFiles.Create)
        .AddMcp(config.McpServers)
        .AddSingleton<ServerTools>()
        // Made after the engines, so that it is disposed, which drains it, before them.
        .AddSingleton(s => new AfterCallDesk(s.GetRequiredService<EngineSet>().Model, config, TimeProvider.System, s.GetRequiredService<ILogger<AfterCallDesk>>()))
        .AddSingleton(s => new Lazy<AfterCallDesk>(s.GetRequiredService<AfterCallDesk>))
        .AddSingleton<CallRunner>()
        .AddSingleton<EngineWarmUp>()
        .AddSingleton<CallHost>();

    /// <summary>What hands callers to humans.</summary>
    private static IServiceCollection AddTransfers(this IServiceCollection services, LoadedConfig config) => services
        .AddBriefs(config)
        .AddSingleton<HoldSound>()
        .AddSingleton(s => new TransferSetup
        {
            // A demo has no line: its transfers are blind.
            Line = s.GetService<IPhoneLine>(),
            Options = config.Options.Transfer,
            Brief = s.GetRequiredService<BriefDesk>().WriteAsync,
            Music = s.GetRequiredService<HoldSound>().Play,
        });

    /// <summary>The calls of this moment, for pages and the API.</summary>
    public static IServiceCollection AddLiveCalls(this IServiceCollection services) => services
        .AddSingleton<ServerState>()
        .AddSingleton<LiveCalls>()
        .AddSingleton<ICallWatcher>(s => s.GetRequiredService<LiveCalls>());

    // Whoever loads the engines first, the warm-up or a call: without the watch nobody who rests comes back.
    private static EngineSet LookedAfter(EngineSet set)
    {
        set.Watch.Start();
        return set;
    }

    private static CallEngines WithModel(EngineSet set, ServerTools tools) =>
        set.Model is null ? set.Engines : set.Engines with { Model = new ModelServices(set.Model, tools.Of, set.ScriptStandsIn) { Moods = new MoodReader(set.Model, TimeProvider.System) } };

    /// <summary>The one that came with the program, unless the configuration names another.</summary>
    private static string EmotionPath(LoadedConfig config) => config.Options.Emotion.Model is { } path
        ? config.PathOf(path)
        : Path.Combine(config.PathOf(config.Options.Engines.ModelFolder), "emotion", "emotion.onnx");

    private static string SileroPath(LoadedConfig config)
    {
        try
        {
            return Models.Open(config) is var store && store.Find("silero-vad") is { } path ? path : store.CachePath(store.Manifest.Find("silero-vad"));
        }
        catch (EngineException)
        {
            // Said by the doctor and when the detector is chosen; the path is only named in that message.
            return Path.Combine(config.PathOf(config.Options.Engines.ModelFolder), "cache", "silero", "silero_vad.onnx");
        }
    }
}
