using System.Threading.Channels;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference;

/// <summary>Collects an engine's small pieces: the first chunk leaves at once, later ones in 100 ms.</summary>
internal sealed class ChunkGatherer(double gainDb, ChannelWriter<SynthesizedAudio> output)
{
    private const int FirstChunk = AudioFormat.FrameSamples;
    private const int LaterChunks = 5 * AudioFormat.FrameSamples;

    private readonly float gain = (float)Math.Pow(10, gainDb / 20);
    private readonly short[] pending = new short[LaterChunks];
    private readonly Queue<WordMark> marks = [];
    private int pendingLength;
    private bool first = true;

    /// <summary>Samples added since the beginning of the request.</summary>
    public long Position { get; private set; }

    /// <summary>Marks come in order of samples and leave with the chunk that they fall into.</summary>
    public void Mark(WordMark mark) => marks.Enqueue(mark);

    public void Add(ReadOnlySpan<short> samples)
    {
        while (samples.Length > 0)
        {
            var take = Math.Min(samples.Length, (first ? FirstChunk : LaterChunks) - pendingLength);
            Amplify(samples[..take], pending.AsSpan(pendingLength, take));
            pendingLength += take;
            Position += take;
            samples = samples[take..];
            if (pendingLength == (first ? FirstChunk : LaterChunks))
                Flush();
        }
    }

    /// <summary>Sends what is there.</summary>
    /// <exception cref="EngineException">The receiver is so far behind that the bounded channel is full.</exception>
    public void Flush()
    {
        if (pendingLength == 0)
            return;
        var chunk = new SynthesizedAudio(pending.AsSpan(0, pendingLength).ToArray(), TakeMarks());
        if (!output.TryWrite(chunk))
            throw new EngineException("Nobody takes the synthesised speech; stopped.");
        first = false;
        pendingLength = 0;
    }

    private List<WordMark> TakeMarks()
    {
        var due = new List<WordMark>();
        while (marks.TryPeek(out var mark) && mark.SampleOffset < Position)
            due.Add(marks.Dequeue());
        return due;
    }

    private void Amplify(ReadOnlySpan<short> source, Span<short> target)
    {
        if (gainDb == 0)
        {
            source.CopyTo(target);
            return;
        }
        for (var i = 0; i < source.Length; i++)
            target[i] = (short)Math.Clamp(source[i] * gain, short.MinValue, short.MaxValue);
    }
}
