using System.Runtime.CompilerServices;
using System.Threading.Channels;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>Azure's voices, streamed, with style and rate. Texts of any kind are accepted. Thread-safe.</summary>
public sealed class AzureSynthesizer : ISpeechSynthesizer
{
    /// <summary>100 ms each: ten minutes, the most that the service makes of a request.</summary>
    private const int MaxChunks = 6_000;

    private readonly AzureSpeechOptions options;
    private readonly IAzureSpeaking speaking;
    private readonly SpeechSlots slots;

    internal AzureSynthesizer(AzureSpeechOptions options, IAzureSpeaking speaking)
    {
        this.options = options;
        this.speaking = speaking;
        slots = new SpeechSlots(options.MaxConcurrent, MaxChunks);
        Voices = [new VoiceInfo(options.Voice, Ssml.LocaleOf(options.Voice), "Azure Speech")];
    }

    public string Name => options.Name;

    /// <summary>The configured one; a request may name any other of the service.</summary>
    public IReadOnlyList<VoiceInfo> Voices { get; }

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
        SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var text = Ssml.Speakable(request.Text, options.MaxCharacters);
        if (text.Length == 0)
            yield break;
        await foreach (var chunk in slots.SpeakAsync((output, stop) => ReceiveAsync(request, text, output, stop), cancellationToken).ConfigureAwait(false))
            yield return chunk;
    }

    public async ValueTask DisposeAsync()
    {
        await slots.DisposeAsync().ConfigureAwait(false);
        await speaking.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(SynthesisRequest request, string text, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        try
        {
            var ssml = Ssml.Write(request, text, request.Voice ?? options.Voice);
            using var speech = await speaking.SpeakAsync(ssml, stop).ConfigureAwait(false);
            var stopped = stop.Register(speech.Dispose); // wakes a read that waits
            await using (stopped.ConfigureAwait(false))
                Receive(speech, request, output, stop);
        }
        catch (Exception e) when (e is not (EngineException or OperationCanceledException))
        {
            throw new EngineException($"Azure Speech ({options}) failed: {e.Message}", e); // the SDK has many kinds of exceptions
        }
    }

    private static void Receive(IAzureSpeech speech, SynthesisRequest request, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        var gatherer = new ChunkGatherer(request.GainDb, output);
        var trimmer = new LeadingSilenceTrimmer();
        var finder = new WordFinder(request.Text);
        var words = new Queue<(string Word, TimeSpan At)>();
        var samples = new short[AudioFormat.SampleRate / 20];
        trimmer.Begin(firstPhone: 0);
        for (int count; !stop.IsCancellationRequested && (count = speech.Read(samples)) > 0;)
        {
            foreach (var word in speech.TakeWords())
                words.Enqueue(word);
            trimmer.Push(samples.AsSpan(0, count), out var leadIn, out var rest);
            if (leadIn.Length + rest.Length == 0)
                continue;
            // Only now is it known how much was cut before the first of them.
            while (words.TryDequeue(out var word))
                if (finder.Find(word.Word, Math.Max(0, AudioFormat.ToSamples(word.At) - trimmer.Trimmed)) is { } mark)
                    gatherer.Mark(mark);
            gatherer.Add(leadIn);
            gatherer.Add(rest);
        }
        stop.ThrowIfCancellationRequested();
        gatherer.Flush();
    }
}
