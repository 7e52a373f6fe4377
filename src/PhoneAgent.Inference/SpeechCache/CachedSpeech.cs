using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.SpeechCache;

/// <summary>
/// One phrase as it is kept: "PASPEECH", version, counts, word marks, samples, SHA-256 of all before. Little-endian. It does
/// not hold the text.
/// </summary>
internal sealed record CachedSpeech(short[] Samples, WordMark[] Words)
{
    private const int Version = 1;
    private const int Header = 20;
    private const int MarkBytes = 12;
    private const int HashBytes = 32;
    private const int MaxSamples = 600 * AudioFormat.SampleRate;
    private const int MaxWords = 20_000;

    /// <summary>No file that is longer can be one of ours.</summary>
    public const int MaxFileBytes = Header + MaxWords * MarkBytes + MaxSamples * sizeof(short) + HashBytes;

    private static ReadOnlySpan<byte> Magic => "PASPEECH"u8;

    /// <summary>Too long to be a phrase; not worth keeping.</summary>
    public bool IsTooLong => Samples.Length > MaxSamples || Words.Length > MaxWords;

    public byte[] ToBytes()
    {
        var bytes = new byte[Header + Words.Length * MarkBytes + Samples.Length * sizeof(short) + HashBytes];
        var at = bytes.AsSpan();
        Magic.CopyTo(at);
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], Words.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], Samples.Length);
        at = at[Header..];
        foreach (var word in Words)
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, word.TextOffset);
            BinaryPrimitives.WriteInt64LittleEndian(at[4..], word.SampleOffset);
            at = at[MarkBytes..];
        }
        MemoryMarshal.AsBytes(Samples.AsSpan()).CopyTo(at);
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - HashBytes), bytes.AsSpan(bytes.Length - HashBytes));
        return bytes;
    }

    /// <summary>Null for anything that is not exactly what <see cref="ToBytes"/> wrote.</summary>
    public static CachedSpeech? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header + HashBytes || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) != Version)
            return null;
        var words = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        var samples = BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]);
        if (words is < 0 or > MaxWords || samples is < 0 or > MaxSamples
            || bytes.Length != Header + words * MarkBytes + samples * sizeof(short) + HashBytes
            || !SHA256.HashData(bytes[..^HashBytes]).AsSpan().SequenceEqual(bytes[^HashBytes..]))
            return null;
        var speech = new CachedSpeech(new short[samples], new WordMark[words]);
        var at = bytes[Header..];
        for (var i = 0; i < words; i++, at = at[MarkBytes..])
            speech.Words[i] = new WordMark(BinaryPrimitives.ReadInt32LittleEndian(at), BinaryPrimitives.ReadInt64LittleEndian(at[4..]));
        at[..(samples * sizeof(short))].CopyTo(MemoryMarshal.AsBytes(speech.Samples.AsSpan()));
        return speech;
    }
}
