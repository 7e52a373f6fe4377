using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>A control message of the server (PROTOCOL.md, "From the server").</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Interim), "interim")]
[JsonDerivedType(typeof(Final), "final")]
[JsonDerivedType(typeof(Emotion), "emotion")]
[JsonDerivedType(typeof(AgentText), "agent-text")]
[JsonDerivedType(typeof(AgentHeard), "agent-heard")]
[JsonDerivedType(typeof(Interrupt), "interrupt")]
[JsonDerivedType(typeof(State), "state")]
[JsonDerivedType(typeof(Flow), "flow")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Key), "dtmf")]
[JsonDerivedType(typeof(Wake), "wake")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(Bye), "bye")]
internal abstract record ServerMessage
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Goes into a script's JSON.parse and from there into text nodes, never into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private ServerMessage() { }

    /// <param name="Session">Identifier of the call.</param>
    /// <param name="Resume">Goes on with this call after a lost connection; of one use. Null: it cannot.</param>
    /// <param name="ResumeSeconds">How long.</param>
    public sealed record Ready(
        int Version, string Session, string? Resume, double ResumeSeconds, bool Resumed, int Rate, int FrameMs, IReadOnlyList<string> Capabilities, WakeWordState WakeWord) : ServerMessage;

    /// <param name="Reason">Why not, for people; null when there is one.</param>
    public sealed record WakeWordState(bool Available, string? Name, string? Reason);

    public sealed record Interim(string Text) : ServerMessage;

    public sealed record Final(string Text, double Confidence, string Outcome) : ServerMessage;

    public sealed record Emotion(string Label, double Confidence, bool IsFinal) : ServerMessage;

    /// <summary>A sentence that the agent is about to say.</summary>
    public sealed record AgentText(int Turn, string Text) : ServerMessage;

    /// <summary>What of a turn was heard.</summary>
    public sealed record AgentHeard(int Turn, string Text, bool Interrupted) : ServerMessage;

    /// <summary>What is queued must not be played.</summary>
    public sealed record Interrupt : ServerMessage;

    public sealed record State(string Name) : ServerMessage;

    public sealed record Flow(bool Pause) : ServerMessage;

    public sealed record Hold(bool Held) : ServerMessage;

    public sealed record Key(string Digits) : ServerMessage;

    /// <summary>The wake word was heard: what follows is for the agent.</summary>
    public sealed record Wake(double Score) : ServerMessage;

    public sealed record Pong(double Time) : ServerMessage;

    /// <param name="By">"caller", "agent" or "network".</param>
    public sealed record Bye(string Reason, string By) : ServerMessage;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Format);
}
