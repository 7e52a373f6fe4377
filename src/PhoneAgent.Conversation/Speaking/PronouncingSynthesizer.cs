using System.Runtime.CompilerServices;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// A voice that says an agent's words as they are to be said. What it is asked for and the places of its words stay those
/// of the written text: transcript, timeline and what the caller has heard know nothing of it. Thread-safe. The voice is
/// shared, so disposing this one does nothing.
/// </summary>
public sealed class PronouncingSynthesizer(ISpeechSynthesizer voice, Pronunciations pronunciations) : ISpeechSynthesizer
{
    public string Name => voice.Name;

    public IReadOnlyList<VoiceInfo> Voices => voice.Voices;

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
        SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        PronouncedText spoken = pronunciations.Apply(request.Text);
        await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(request with { Text = spoken.Text }, cancellationToken).ConfigureAwait(false))
        {
            yield return chunk.Words.Count == 0
                ? chunk
                : chunk with { Words = [.. chunk.Words.Select(word => word with { TextOffset = spoken.OriginOf(word.TextOffset) })] };
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
