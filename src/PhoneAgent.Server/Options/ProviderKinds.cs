using System.Reflection;
using System.Runtime.CompilerServices;
using PhoneAgent.Inference.AzureSpeech;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.Piper;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.Whisper;

namespace PhoneAgent.Server.Options;

/// <summary>What a provider can do in a call.</summary>
[Flags]
internal enum ProviderStages
{
    None = 0,
    Hear = 1,
    Think = 2,
    Speak = 4,
}

/// <param name="Name">What <c>kind:</c> says.</param>
/// <param name="Settings">The option record of its engine; its keys stand in the provider's section.</param>
/// <param name="IsLocal">Computes on this machine: asking costs no money.</param>
internal sealed record ProviderKind(string Name, Type Settings, ProviderStages Stages, bool IsLocal)
{
    /// <summary>What is wrong with settings, each a sentence that begins with the key.</summary>
    public Func<object, IEnumerable<string>> Problems { get; init; } = static _ => [];

    /// <summary>Works as it is: its name may stand in a chain without an entry of its own.</summary>
    public bool NeedsNoSettings => !ConfigBinder.PropertiesOf(Settings).Any(p => p.IsDefined(typeof(RequiredMemberAttribute)));
}

/// <summary>Every kind of provider that there is.</summary>
internal static class ProviderKinds
{
    public static IReadOnlyDictionary<string, ProviderKind> All { get; } = new ProviderKind[]
    {
        new("pocketsphinx", typeof(PocketSphinxOptions), ProviderStages.Hear, IsLocal: true),
        new("whisper", typeof(WhisperOptions), ProviderStages.Hear, IsLocal: true) { Problems = s => ((WhisperOptions)s).Problems() },
        new("azure", typeof(AzureSpeechOptions), ProviderStages.Hear | ProviderStages.Speak, IsLocal: false) { Problems = s => ((AzureSpeechOptions)s).Problems() },
        new("flite", typeof(FliteOptions), ProviderStages.Speak, IsLocal: true),
        new("openai", typeof(OpenAiSettings), ProviderStages.Hear | ProviderStages.Think | ProviderStages.Speak, IsLocal: false) { Problems = s => ((OpenAiSettings)s).Problems() },
        new("piper", typeof(PiperOptions), ProviderStages.Speak, IsLocal: true),
        new("espeak", typeof(EspeakOptions), ProviderStages.Speak, IsLocal: true),
    }.ToDictionary(k => k.Name);
}
