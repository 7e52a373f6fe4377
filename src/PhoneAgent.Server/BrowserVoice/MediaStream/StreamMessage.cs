using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PhoneAgent.Server.BrowserVoice.MediaStream;

/// <summary>A message of a telephone cloud's media stream (PROTOCOL.md, "Media streams"). Unknown members are ignored.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Connected), "connected")]
[JsonDerivedType(typeof(Started), "start")]
[JsonDerivedType(typeof(Audio), "media")]
[JsonDerivedType(typeof(Key), "dtmf")]
[JsonDerivedType(typeof(Marked), "mark")]
[JsonDerivedType(typeof(Cleared), "clear")]
[JsonDerivedType(typeof(Stopped), "stop")]
internal abstract record StreamMessage
{
    private const int MaxDepth = 6;
    private const int MaxText = 256;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = MaxDepth,
        AllowOutOfOrderMetadataProperties = true,
    };

    private static readonly FrozenSet<string> Known = typeof(StreamMessage).GetCustomAttributes<JsonDerivedTypeAttribute>()
        .Select(derived => (string)derived.TypeDiscriminator!).ToFrozenSet();

    private StreamMessage() { }

    public sealed record Connected : StreamMessage;

    public sealed record Started(StreamStart? Start, string? StreamSid) : StreamMessage
    {
        internal override bool IsValid => Start is { MediaFormat.Channels: 1 } && (Start.CustomParameters?.Count ?? 0) <= 64
            && Sid is { Length: > 0 and <= MaxText } && (Start.CallSid?.Length ?? 0) <= MaxText;

        public string? Sid => StreamSid ?? Start?.StreamSid;
    }

    public sealed record Audio(StreamPayload? Media) : StreamMessage
    {
        internal override bool IsValid => Media?.Payload is not null;
    }

    public sealed record Key(StreamKey? Dtmf) : StreamMessage
    {
        internal override bool IsValid => Dtmf?.Digit is { Length: 1 } digit && "0123456789*#ABCD".Contains(digit[0], StringComparison.Ordinal);
    }

    /// <summary>The cloud has played up to a mark of ours.</summary>
    public sealed record Marked : StreamMessage;

    public sealed record Cleared : StreamMessage;

    public sealed record Stopped : StreamMessage;

    /// <summary>An event that we do not know: clouds add some.</summary>
    public sealed record Other : StreamMessage;

    internal virtual bool IsValid => true;

    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out StreamMessage? message)
    {
        message = null;
        try
        {
            message = JsonSerializer.Deserialize<StreamMessage>(json, Json);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // What is no message is answered by the one who asked.
            message = IsOther(json) ? new Other() : null;
        }
        if (message?.IsValid != true)
            message = null;
        return message is not null;
    }

    private static bool IsOther(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Envelope>(json, Json)?.Event is { Length: > 0 and <= MaxText } name && !Known.Contains(name);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Envelope(string? Event);
}

internal sealed record StreamStart(string? StreamSid, string? CallSid, StreamFormat? MediaFormat, IReadOnlyDictionary<string, string>? CustomParameters)
{
    /// <summary>A parameter that the cloud's configuration adds, if it is a text that may stand in a record.</summary>
    public string? Parameter(string name) =>
        CustomParameters?.GetValueOrDefault(name) is { Length: > 0 and <= 128 } value && !value.Any(char.IsControl) ? value : null;
}

/// <param name="Encoding">"audio/x-mulaw" or "audio/l16".</param>
/// <param name="SampleRate">In Hz.</param>
internal sealed record StreamFormat(string? Encoding, int SampleRate = 8000, int Channels = 1)
{
    public bool IsMuLaw => Encoding is "audio/x-mulaw" or "audio/mulaw" or "audio/pcmu" && SampleRate == 8000;

    public bool IsLinear => Encoding is "audio/l16" or "audio/x-l16" && Wire.VoiceFrame.IsRate(SampleRate);
}

/// <param name="Payload">Base64 in JSON.</param>
/// <param name="Track">"inbound" is the caller; other tracks are our own voice coming back.</param>
internal sealed record StreamPayload(byte[]? Payload, string? Track);

internal sealed record StreamKey(string? Digit);
