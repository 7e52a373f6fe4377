using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.OpenAiCompatible.Speaking;

/// <summary>
/// Bytes off the wire into chunks for the call: decoded, resampled block by block, without the silence that many voices begin
/// with, and as loud as asked. One per request.
/// </summary>
internal sealed class SpeechStream
{
    private readonly PcmStreamDecoder decoder;
    private readonly ArrayBufferWriter<short> decoded = new();
    private readonly LeadingSilenceTrimmer trimmer = new();
    private readonly Channel<SynthesizedAudio> chunks = Channel.CreateUnbounded<SynthesizedAudio>();
    private readonly ChunkGatherer gatherer;
    private readonly TimeSpan longest;
    private Resampler? resampler;
    private short[] resampled = [];
    private long samples;

    /// <param name="longest">More is refused.</param>
    public SpeechStream(OpenAiSpeechOptions options, double gainDb, TimeSpan longest)
    {
        this.longest = longest;
        decoder = options.Format == SpeechFormat.Wav ? PcmStreamDecoder.ForWav() : PcmStreamDecoder.ForPcm(options.SampleRate);
        gatherer = new ChunkGatherer(gainDb, chunks.Writer);
        trimmer.Begin(firstPhone: 0);
    }

    /// <param name="error">What is wrong with the server's answer, to stand behind its name.</param>
    public bool TryPush(ReadOnlySpan<byte> bytes, bool isEnd, [NotNullWhen(false)] out string? error)
    {
        decoded.ResetWrittenCount();
        if (!decoder.TryDecode(bytes, decoded, out string? reason))
            return Fail($"answered with sound that cannot be read: {reason}", out error);
        Resample(decoded.WrittenSpan);
        if (TimeSpan.FromSeconds(samples / (double)AudioFormat.SampleRate) > longest)
            return Fail("sends sound without end", out error);
        if (isEnd)
        {
            if (resampler is null)
                return Fail("answered without any sound", out error);
            Resample(new short[(int)Math.Ceiling(resampler.Delay.TotalSeconds * resampler.SourceRate)]);
            gatherer.Flush();
        }
        error = null;
        return true;
    }

    public bool TryTake(out SynthesizedAudio chunk) => chunks.Reader.TryRead(out chunk);

    private void Resample(ReadOnlySpan<short> source)
    {
        if (source.IsEmpty)
            return;
        resampler ??= new Resampler(decoder.SampleRate, AudioFormat.SampleRate);
        int length = resampler.OutputLength(source.Length);
        if (resampled.Length < length)
            resampled = new short[length];
        samples += resampler.Process(source, resampled);
        trimmer.Push(resampled.AsSpan(0, length), out var leadIn, out var rest);
        gatherer.Add(leadIn);
        gatherer.Add(rest);
    }

    private static bool Fail(string reason, out string error)
    {
        error = reason;
        return false;
    }
}
