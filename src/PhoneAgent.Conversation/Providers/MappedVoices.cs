using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// Gives a provider's voices the names that agents use, so that the same name is a voice of every provider in a chain. Without
/// a name the provider speaks with a voice of the configuration. Disposes the engine.
/// </summary>
/// <param name="engine">The provider's own.</param>
/// <param name="voices">Name → the provider's voice.</param>
/// <param name="usual">The provider's voice when none is asked for; null: its own default.</param>
public sealed class MappedVoices(ISpeechSynthesizer engine, IReadOnlyDictionary<string, string> voices, string? usual) : ISpeechSynthesizer
{
    public string Name => engine.Name;

    public IReadOnlyList<VoiceInfo> Voices { get; } =
    [
        .. engine.Voices.OrderBy(v => v.Id == usual ? 0 : 1),
        .. voices.Select(pair => new VoiceInfo(pair.Key, engine.Voices.FirstOrDefault(v => v.Id == pair.Value)?.Language ?? "", $"{engine.Name}'s {pair.Value}")),
    ];

    public IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? voice = request.Voice is { } name ? voices.GetValueOrDefault(name, name) : usual;
        return engine.SynthesizeAsync(request with { Voice = voice }, cancellationToken);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
