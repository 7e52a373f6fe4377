using System.Runtime.CompilerServices;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.SpeechCache;

/// <summary>
/// A voice whose fixed phrases are made once. What is asked for the second time comes from the disk, at once and also when
/// the voice is down. Put it around one voice and not around a chain of them: otherwise what the second one said in an
/// emergency would be kept as the first one's. Only complete phrases are kept, and only <see cref="FixedPhrases"/>.
/// Disposes the voice, not the store. Thread-safe.
/// </summary>
/// <param name="variant">All else that the sound depends on: which of several voices of one name this is, and its settings.</param>
public sealed class CachedSynthesizer(ISpeechSynthesizer voice, SpeechCacheStore store, FixedPhrases phrases, string variant = "") : ISpeechSynthesizer
{
    private const int ChunkSamples = AudioFormat.SampleRate / 2;

    private long hits;

    public string Name => voice.Name;

    public IReadOnlyList<VoiceInfo> Voices => voice.Voices;

    /// <summary>Requests answered from the disk.</summary>
    public long Hits => Interlocked.Read(ref hits);

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
        SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var file = phrases.Contains(request.Text) ? SpeechCacheKey.FileName(voice, variant, request) : null;
        if (file is not null && await store.ReadAsync(file, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            Interlocked.Increment(ref hits);
            foreach (var chunk in Chunks(kept))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return chunk;
            }
            yield break;
        }
        var heard = file is null ? null : new SpeechCollector();
        await foreach (var chunk in voice.SynthesizeAsync(request, cancellationToken).ConfigureAwait(false))
        {
            heard?.Add(chunk);
            yield return chunk;
        }
        if (heard?.ToSpeech() is { } complete)
            store.Keep(file!, complete);
    }

    /// <summary>Lets these texts be kept. Only what stands in the configuration, word for word.</summary>
    public void Permit(IEnumerable<string> texts)
    {
        foreach (var text in texts)
            phrases.Add(text);
    }

    /// <summary>
    /// Makes the fixed phrases that are not there yet, so that the first call has them: their texts are allowed to be kept from
    /// here on. Returns how many sentences were made.
    /// </summary>
    /// <param name="texts">Whole texts of the configuration, never of a call, with the voice and manner they will be said with.</param>
    /// <exception cref="EngineException">The voice failed; what was made stays.</exception>
    public async Task<int> WarmAsync(IEnumerable<SynthesisRequest> texts, CancellationToken cancellationToken)
    {
        var made = 0;
        foreach (var text in texts)
        {
            phrases.Add(text.Text);
            foreach (var sentence in SentenceChunker.Split(text.Text))
                made += await MakeAsync(text with { Text = sentence }, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }
        return made;
    }

    public ValueTask DisposeAsync() => voice.DisposeAsync();

    private async Task<bool> MakeAsync(SynthesisRequest request, CancellationToken cancellationToken)
    {
        var file = SpeechCacheKey.FileName(voice, variant, request);
        if (store.Has(file))
            return false;
        var heard = new SpeechCollector();
        await foreach (var chunk in voice.SynthesizeAsync(request, cancellationToken).ConfigureAwait(false))
            heard.Add(chunk);
        if (heard.ToSpeech() is not { } speech)
            return false;
        await store.WriteAsync(file, speech, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static IEnumerable<SynthesizedAudio> Chunks(CachedSpeech speech)
    {
        var word = 0;
        for (var at = 0; at < speech.Samples.Length; at += ChunkSamples)
        {
            var length = Math.Min(ChunkSamples, speech.Samples.Length - at);
            var first = word;
            while (word < speech.Words.Length && speech.Words[word].SampleOffset < at + length)
                word++;
            yield return new SynthesizedAudio(speech.Samples.AsMemory(at, length), speech.Words[first..word]) { IsStored = true };
        }
    }

    /// <summary>What came of a voice; dropped with the request when that was cut short or failed.</summary>
    private sealed class SpeechCollector
    {
        private readonly List<ReadOnlyMemory<short>> chunks = [];
        private readonly List<WordMark> words = [];

        public void Add(in SynthesizedAudio chunk)
        {
            chunks.Add(chunk.Samples);
            words.AddRange(chunk.Words);
        }

        /// <summary>Null when there was no sound: a voice that failed politely.</summary>
        public CachedSpeech? ToSpeech()
        {
            var samples = new short[chunks.Sum(chunk => chunk.Length)];
            var at = 0;
            foreach (var chunk in chunks)
            {
                chunk.CopyTo(samples.AsMemory(at));
                at += chunk.Length;
            }
            return samples.Length == 0 ? null : new CachedSpeech(samples, [.. words]);
        }
    }
}
