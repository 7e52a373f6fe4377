namespace PhoneAgent.Server.BrowserVoice.Wire;

/// <summary>How a socket is closed. The reason is for people; at most 123 bytes go out (RFC 6455 §5.5).</summary>
internal sealed record VoiceClose(VoiceCloseCode Code, string Reason)
{
    private const int MaxReason = 120;

    /// <summary>What goes into the close frame; reasons of ours are ASCII.</summary>
    public string ShortReason => Reason.Length <= MaxReason ? Reason : Reason[..MaxReason];
}

/// <summary>Close codes; those from 4000 are ours (PROTOCOL.md, "Close codes").</summary>
internal enum VoiceCloseCode
{
    Normal = 1000,
    GoingAway = 1001,
    TooBig = 1009,
    BadMessage = 4400,
    BadToken = 4401,
    Origin = 4403,
    NoSession = 4404,
    Version = 4406,
    HelloTimeout = 4408,
    Replaced = 4409,
    TooMuch = 4429,
    SlowReader = 4430,
    Unavailable = 4503,
}
