using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Makes the engine of a provider. What cannot be made is an <see cref="EngineException"/> that says what to do.</summary>
internal sealed class ProviderFactory(IServiceProvider services)
{
    public ISpeechRecognizer Recognizer(string name, ProviderOptions provider) => provider.Settings switch
    {
        PocketSphinxOptions settings => Make<PocketSphinxRecognizer>(settings),
        _ => throw Cannot(name, provider, "hear"),
    };

    public ISpeechSynthesizer Synthesizer(string name, ProviderOptions provider)
    {
        ISpeechSynthesizer engine = provider.Settings switch
        {
            FliteOptions settings => Make<FliteSynthesizer>(settings),
            EspeakOptions settings => Run(() => EspeakSynthesizer.CreateAsync(settings, CancellationToken.None)),
            _ => throw Cannot(name, provider, "speak"),
        };
        return provider.Voices.Count == 0 ? engine : new MappedVoices(engine, provider.Voices, usual: null);
    }

    public IChatClient Model(string name, ProviderOptions provider) => provider.Settings switch
    {
        _ => throw Cannot(name, provider, "think"),
    };

    private T Make<T>(object settings) where T : notnull => ActivatorUtilities.CreateInstance<T>(services, settings);

    // Asks a program or a server once, at start.
    private static T Run<T>(Func<Task<T>> create) => Task.Run(create).GetAwaiter().GetResult();

    private static EngineException Cannot(string name, ProviderOptions provider, string verb) =>
        new($"'{name}' is of kind {provider.Kind}, which cannot {verb} in this build.");
}
