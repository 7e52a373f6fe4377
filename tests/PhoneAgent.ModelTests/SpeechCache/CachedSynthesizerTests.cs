using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.SpeechCache;
using PhoneAgent.ModelTests.Flite;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.SpeechCache;

/// <summary>A real voice from the disk keeps every promise that it keeps without.</summary>
[RequiresFlite]
public sealed class CachedSynthesizerTests : SpeechSynthesizerContract, IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}");
    private SpeechCacheStore? store;

    protected override ISpeechSynthesizer Create()
    {
        store = new SpeechCacheStore(new SpeechCacheOptions { Folder = folder }, TimeProvider.System);
        return new SpokenTwice(new CachedSynthesizer(new FliteSynthesizer(new FliteOptions()), store, Phrases()));
    }

    public void Dispose()
    {
        store?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static FixedPhrases Phrases()
    {
        var phrases = new FixedPhrases();
        foreach (var text in (string[])[Sentence, "Thank you.", "Hi.", "Next.", "Still here.", "One moment please.", "Your order was sent yesterday.", "Goodbye.", .. OddTexts])
            phrases.Add(text);
        return phrases;
    }

    /// <summary>Makes each request once unheard, so that what is heard may come from the disk.</summary>
    private sealed class SpokenTwice(ISpeechSynthesizer cached) : ISpeechSynthesizer
    {
        public string Name => cached.Name;

        public IReadOnlyList<VoiceInfo> Voices => cached.Voices;

        public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var unheard in cached.SynthesizeAsync(request, cancellationToken))
            {
            }
            await foreach (var chunk in cached.SynthesizeAsync(request, cancellationToken))
                yield return chunk;
        }

        public ValueTask DisposeAsync() => cached.DisposeAsync();
    }
}
