using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference;
using PhoneAgent.Inference.AzureSpeech;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Inference.OpenAiCompatible.Hearing;
using PhoneAgent.Inference.OpenAiCompatible.Speaking;
using PhoneAgent.Inference.Piper;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.Whisper;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Makes the engine of a provider. What cannot be made is an <see cref="EngineException"/> that says what to do.</summary>
internal sealed class ProviderFactory(IServiceProvider services, LoadedConfig config)
{
    public ISpeechRecognizer Recognizer(string name, ProviderOptions provider) => provider.Settings switch
    {
        PocketSphinxOptions settings => Make<PocketSphinxRecognizer>(settings),
        WhisperOptions settings => WhisperServices.CreateRecognizer(Located(settings), Models.Open(config), services.GetService<ILoggerFactory>()),
        AzureSpeechOptions settings => AzureSpeechServices.CreateRecognizer(settings.For(name, KeyOf(name, provider)), services.GetService<ILoggerFactory>()),
        OpenAiSettings settings => new OpenAiTranscriptionRecognizer(settings.ForHearing(Server(name, provider, settings)), TimeProvider.System),
        _ => throw Cannot(name, provider, "hear"),
    };

    public ISpeechSynthesizer Synthesizer(string name, ProviderOptions provider)
    {
        ISpeechSynthesizer engine = provider.Settings switch
        {
            FliteOptions settings => Make<FliteSynthesizer>(settings),
            AzureSpeechOptions settings => AzureSpeechServices.CreateSynthesizer(settings.For(name, KeyOf(name, provider))),
            PiperOptions settings => Piper(settings with { Folder = config.PathOf(settings.Folder) }),
            EspeakOptions settings => Run(() => EspeakSynthesizer.CreateAsync(settings, CancellationToken.None)),
            OpenAiSettings { Voice: { } voice } settings =>
                new OpenAiSpeechSynthesizer(settings.ForSpeaking(Server(name, provider, settings), voice, provider.Voices.Values.Distinct()), TimeProvider.System),
            _ => throw Cannot(name, provider, "speak"),
        };
        return provider.Voices.Count == 0 ? engine : new MappedVoices(engine, provider.Voices, usual: null);
    }

    public static IChatClient Model(string name, ProviderOptions provider) => provider.Settings switch
    {
        OpenAiSettings settings => new OpenAiChatClient(settings.ForChat(Server(name, provider, settings)), TimeProvider.System),
        _ => throw Cannot(name, provider, "think"),
    };

    /// <summary>
    /// One for each server that lists its models, and for each model of Whisper in this process. A server whose key is not set is
    /// left out: its chain says so.
    /// </summary>
    public IEnumerable<IEngineProbe> Probes(IReadOnlyDictionary<string, ProviderOptions> providers)
    {
        var probes = new List<IEngineProbe>();
        foreach ((string name, ProviderOptions provider) in providers)
        {
            if (provider.Settings is WhisperOptions whisper)
                probes.Add(new WhisperProbe(Located(whisper), Models.Open(config), name));
            if (provider.Settings is OpenAiSettings settings && (provider.ApiKeyEnv is not { Length: > 0 } variable || Environment.GetEnvironmentVariable(variable) is { Length: > 0 }))
                probes.Add(new OpenAiProbe(Server(name, provider, settings), settings.Model, TimeProvider.System));
        }
        return probes;
    }

    private PiperSynthesizer Piper(PiperOptions settings) =>
        new(settings, services.GetRequiredService<IOnnxRuntime>(), services.GetService<ILogger<PiperSynthesizer>>());

    private static OpenAiServer Server(string name, ProviderOptions provider, OpenAiSettings settings) => new(name, new Uri(settings.BaseUrl))
    {
        ApiKey = KeyOf(name, provider),
        KeyHeader = settings.KeyHeader,
        Headers = settings.Headers,
    };

    /// <summary>Null: the service asks for none, or refuses us.</summary>
    private static string? KeyOf(string name, ProviderOptions provider)
    {
        if (provider.ApiKeyEnv is not { Length: > 0 } variable)
            return provider.ApiKey;
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } key
            ? key
            : throw new EngineException($"providers.{name}.api_key_env names the environment variable {variable}, which is not set.");
    }

    private WhisperOptions Located(WhisperOptions settings) =>
        WhisperServices.IsPath(settings.Model) ? settings with { Model = config.PathOf(settings.Model) } : settings;

    private T Make<T>(object settings) where T : notnull => ActivatorUtilities.CreateInstance<T>(services, settings);

    // Asks a program or a server once, at start.
    private static T Run<T>(Func<Task<T>> create) => Task.Run(create).GetAwaiter().GetResult();

    private static EngineException Cannot(string name, ProviderOptions provider, string verb) =>
        new($"'{name}' is of kind {provider.Kind}, which cannot {verb} in this build.");
}
