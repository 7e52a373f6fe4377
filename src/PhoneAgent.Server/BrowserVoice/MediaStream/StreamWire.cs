using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net.WebSockets;
using System.Text.Json;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice.MediaStream;

/// <summary>What a telephone cloud is sent: media, clear and mark, as JSON texts.</summary>
internal sealed class StreamWire : IVoiceWire
{
    private readonly StreamFormat _format;
    private readonly byte[] _head;
    private readonly byte[] _clear;
    private readonly string _sid;
    private readonly Resampler _resampler;
    private readonly short[] _samples;
    private readonly byte[] _bytes;

    public StreamWire(string streamSid, StreamFormat format)
    {
        (_sid, _format) = (streamSid, format);
        _resampler = new Resampler(AudioFormat.SampleRate, format.SampleRate);
        _samples = new short[(format.SampleRate / 50) + 16];
        _bytes = new byte[_samples.Length * sizeof(short)];
        string sid = JsonSerializer.Serialize(streamSid);
        _head = System.Text.Encoding.UTF8.GetBytes($"{{\"event\":\"media\",\"streamSid\":{sid},\"media\":{{\"payload\":\"");
        _clear = JsonSerializer.SerializeToUtf8Bytes(new { @event = "clear", streamSid });
    }

    private static ReadOnlySpan<byte> Tail => "\"}}"u8;

    public WebSocketMessageType AudioType => WebSocketMessageType.Text;

    public int MaxAudioBytes => _head.Length + Base64.GetMaxEncodedToUtf8Length(_bytes.Length) + Tail.Length;

    public int WriteAudio(long position, bool startsSpurt, ReadOnlySpan<short> samples, Span<byte> target)
    {
        int count = _resampler.Process(samples, _samples);
        int length = _format.IsMuLaw ? count : count * sizeof(short);
        if (_format.IsMuLaw)
            G711.MuLawEncode(_samples.AsSpan(0, count), _bytes);
        else
            for (int i = 0; i < count; i++)
                BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(2 * i), _samples[i]);
        _head.CopyTo(target);
        Base64.EncodeToUtf8(_bytes.AsSpan(0, length), target[_head.Length..], out _, out int encoded);
        Tail.CopyTo(target[(_head.Length + encoded)..]);
        return _head.Length + encoded + Tail.Length;
    }

    public byte[]? Write(ServerMessage message) => message switch
    {
        ServerMessage.Interrupt => _clear,
        // The cloud says it back when the caller has heard all of it.
        ServerMessage.AgentHeard { Interrupted: false } heard => JsonSerializer.SerializeToUtf8Bytes(new { @event = "mark", streamSid = _sid, mark = new { name = $"turn-{heard.Turn}" } }),
        _ => null,
    };
}
