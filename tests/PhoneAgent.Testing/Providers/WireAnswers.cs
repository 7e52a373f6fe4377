using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace PhoneAgent.Testing.Providers;

/// <summary>Answers as the real servers write them, and as broken ones do.</summary>
public static class WireAnswers
{
    public static WireAnswer Status(int status, string error = """{"error":{"message":"no","type":"invalid_request_error","code":null}}""", params (string Name, string Value)[] headers) => async wire =>
    {
        wire.Begin(status, "application/json", headers);
        await wire.SendAsync(error);
    };

    public static WireAnswer TooManyRequests(string retryAfter) =>
        Status(429, """{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}""", ("Retry-After", retryAfter));

    /// <summary>Takes the request and never says a word.</summary>
    public static WireAnswer Never { get; } = wire => wire.HoldAsync(new TaskCompletionSource().Task);

    /// <summary>Closes the connection instead of answering.</summary>
    public static WireAnswer Hangup { get; } = wire =>
    {
        wire.Abort();
        return Task.CompletedTask;
    };

    public static WireAnswer Bytes(string contentType, ReadOnlyMemory<byte> body) => async wire =>
    {
        wire.Begin(200, contentType);
        await wire.SendAsync(body);
    };

    public static WireAnswer Text(string contentType, string body) => async wire =>
    {
        wire.Begin(200, contentType);
        await wire.SendAsync(body);
    };

    /// <summary>The first half of a body whose length was said, then the connection is closed.</summary>
    public static WireAnswer HalfSent(string contentType, byte[] body) => async wire =>
    {
        wire.Begin(200, contentType, ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        await wire.SendAsync(body.AsMemory(0, body.Length / 2));
        wire.Abort();
    };

    /// <summary>Each piece flushed by itself.</summary>
    public static WireAnswer Pieces(string contentType, IEnumerable<byte[]> pieces) => async wire =>
    {
        wire.Begin(200, contentType);
        foreach (byte[] piece in pieces)
            await wire.SendAsync(piece);
    };

    public static WireAnswer Models(params string[] names) => Text("application/json",
        JsonSerializer.Serialize(new { @object = "list", data = names.Select(name => new { id = name, @object = "model", owned_by = "test" }) }));

    /// <summary>Server-sent events, then the end of the connection's answer; "[DONE]" is not added.</summary>
    public static WireAnswer Events(params string[] data) => async wire =>
    {
        wire.Begin(200, "text/event-stream; charset=utf-8");
        foreach (string item in data)
            await wire.SendEventAsync(item);
    };

    /// <summary>A chat answer as OpenAI streams it: a chunk with the role, one a token, the finish reason, the usage, [DONE].</summary>
    public static WireAnswer Chat(params string[] tokens) => new ChatScript { Tokens = tokens, Usage = (12, tokens.Length) }.ToWire();

    /// <summary>16-bit little-endian samples as a WAV file with the lengths that a streaming server writes.</summary>
    public static byte[] StreamedWav(int sampleRate, ReadOnlySpan<byte> pcm)
    {
        var wav = new byte[44 + pcm.Length];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(4), uint.MaxValue);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(wav.AsSpan(22), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(24), (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(28), (uint)sampleRate * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(wav.AsSpan(32), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), uint.MaxValue);
        pcm.CopyTo(wav.AsSpan(44));
        return wav;
    }
}
