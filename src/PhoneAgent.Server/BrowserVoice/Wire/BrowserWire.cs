using System.Net.WebSockets;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>The voice protocol's own form: binary audio, JSON control, and only the control that the client asked for.</summary>
internal sealed class BrowserWire(IReadOnlyCollection<string> capabilities) : IVoiceWire
{
    private uint _sequence;

    public WebSocketMessageType AudioType => WebSocketMessageType.Binary;

    public int MaxAudioBytes => VoiceFrame.HeaderBytes + (AudioFormat.FrameSamples * sizeof(short));

    public int WriteAudio(long position, bool startsSpurt, ReadOnlySpan<short> samples, Span<byte> target) =>
        VoiceFrame.Write(target, _sequence++, unchecked((uint)position), startsSpurt, AudioFormat.SampleRate, samples);

    public byte[]? Write(ServerMessage message) => Capability(message) is { } name && !capabilities.Contains(name) ? null : message.ToJson();

    private static string? Capability(ServerMessage message) => message switch
    {
        ServerMessage.Interim => VoiceCapabilities.Interim,
        ServerMessage.Final => VoiceCapabilities.Final,
        ServerMessage.Emotion => VoiceCapabilities.Emotion,
        ServerMessage.AgentText or ServerMessage.AgentHeard => VoiceCapabilities.AgentText,
        ServerMessage.State => VoiceCapabilities.State,
        _ => null,
    };
}

/// <summary>What a client may ask for in its hello.</summary>
internal static class VoiceCapabilities
{
    public const string Interim = "interim";
    public const string Final = "final";
    public const string Emotion = "emotion";
    public const string AgentText = "agent-text";
    public const string State = "state";
    /// <summary>A call that can be gone on with.</summary>
    public const string Resume = "resume";

    public static readonly IReadOnlyList<string> All = [Interim, Final, Emotion, AgentText, State, Resume];
}
