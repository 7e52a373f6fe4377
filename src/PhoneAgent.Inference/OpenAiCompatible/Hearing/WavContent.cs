using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

/// <summary>An utterance as a WAV file, 16 kHz mono of 16 bits, written to the connection piece by piece: the file itself never exists.</summary>
internal sealed class WavContent : HttpContent
{
    private const int HeaderBytes = 44;
    private const int PieceSamples = 8 * 1024;

    private readonly ReadOnlyMemory<float> samples;

    /// <param name="samples">−1…1; must not change any more.</param>
    public WavContent(ReadOnlyMemory<float> samples)
    {
        this.samples = samples;
        Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[PieceSamples * sizeof(short)];
        WriteHeader(buffer);
        await stream.WriteAsync(buffer.AsMemory(0, HeaderBytes), cancellationToken).ConfigureAwait(false);
        for (int at = 0; at < samples.Length; at += PieceSamples)
        {
            var piece = samples.Slice(at, Math.Min(PieceSamples, samples.Length - at));
            Write(piece.Span, buffer);
            await stream.WriteAsync(buffer.AsMemory(0, piece.Length * sizeof(short)), cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = HeaderBytes + (long)samples.Length * sizeof(short);
        return true;
    }

    private static void Write(ReadOnlySpan<float> samples, Span<byte> target)
    {
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(target[(2 * i)..], (short)Math.Clamp(MathF.Round(samples[i] * 32768), short.MinValue, short.MaxValue));
    }

    private void WriteHeader(Span<byte> header)
    {
        int bytes = samples.Length * sizeof(short);
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], HeaderBytes - 8 + bytes);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], AudioFormat.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], AudioFormat.SampleRate * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], bytes);
    }
}
