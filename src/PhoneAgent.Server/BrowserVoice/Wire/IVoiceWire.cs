using System.Net.WebSockets;

namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>How what a call sends is written on one socket. Used by one thread at a time.</summary>
internal interface IVoiceWire
{
    WebSocketMessageType AudioType { get; }

    int MaxAudioBytes { get; }

    /// <summary>Writes 20 ms of 16 kHz as one message.</summary>
    /// <param name="position">Sample position of the first sample in the call.</param>
    /// <param name="startsSpurt">Nothing was sent before it.</param>
    /// <param name="target"><see cref="MaxAudioBytes"/> long.</param>
    /// <returns>Its length.</returns>
    int WriteAudio(long position, bool startsSpurt, ReadOnlySpan<short> samples, Span<byte> target);

    /// <summary>A text message, or null where this socket has no word for it.</summary>
    byte[]? Write(ServerMessage message);
}
