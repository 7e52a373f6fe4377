using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>A control message of the client (PROTOCOL.md, "From the client"). Unknown members are ignored.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Key), "dtmf")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Listen), "listen")]
[JsonDerivedType(typeof(Ping), "ping")]
[JsonDerivedType(typeof(Bye), "bye")]
internal abstract record ClientMessage
{
    private const int MaxDepth = 4;
    private const int MaxText = 128;
    private const int MaxItems = 32;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        MaxDepth = MaxDepth,
        AllowOutOfOrderMetadataProperties = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    private ClientMessage() { }

    /// <summary>The first message.</summary>
    public sealed record Hello : ClientMessage
    {
        /// <summary>Versions that the client speaks.</summary>
        public IReadOnlyList<int> Versions { get; init; } = [];
        /// <summary>From the token's address; of one use.</summary>
        public string? Token { get; init; }
        /// <summary>From the last <c>ready</c>, in place of a token: goes on with that call.</summary>
        public string? Resume { get; init; }
        /// <summary>Rate of the client's frames in Hz.</summary>
        public int Rate { get; init; } = 16_000;
        /// <summary>Who is called, as a number would be; decides the agent by <c>agents.routes</c>.</summary>
        public string? To { get; init; }
        /// <summary>Messages that the client wants besides the necessary ones.</summary>
        public IReadOnlyList<string> Capabilities { get; init; } = [];

        internal override bool IsValid => Versions is { Count: > 0 and <= MaxItems } && Capabilities is { Count: <= MaxItems }
            && IsText(Token) && IsText(Resume) && IsText(To) && Capabilities.All(IsText);
    }

    /// <summary>A key was pressed.</summary>
    public sealed record Key(string Digit) : ClientMessage
    {
        internal override bool IsValid => Digit is { Length: 1 } && "0123456789*#ABCD".Contains(Digit[0], StringComparison.Ordinal);
    }

    public sealed record Hold(bool Held) : ClientMessage;

    /// <param name="Mode">"open": all that comes is heard; "wake-word": from the wake word on.</param>
    public sealed record Listen(string Mode) : ClientMessage
    {
        internal override bool IsValid => Mode is "open" or "wake-word";
    }

    /// <param name="Time">Given back in the <c>pong</c>.</param>
    public sealed record Ping(double Time) : ClientMessage
    {
        internal override bool IsValid => double.IsFinite(Time);
    }

    /// <summary>The client hangs up.</summary>
    public sealed record Bye : ClientMessage;

    internal virtual bool IsValid => true;

    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out ClientMessage? message)
    {
        message = null;
        try
        {
            message = JsonSerializer.Deserialize<ClientMessage>(json, Format);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // What is no message of ours is answered by the one who asked.
        }
        if (message?.IsValid != true)
            message = null;
        return message is not null;
    }

    private static bool IsText(string? text) => text is null || (text.Length is > 0 and <= MaxText && !text.Any(char.IsControl));
}
