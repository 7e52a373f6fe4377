namespace PhoneAgent.Conversation.Transfer;

public enum TransferMode
{
    /// <summary>Attended where we can place calls, else blind; what is refused falls back.</summary>
    Auto,
    /// <summary>The caller's phone is asked to call the human (REFER). Nobody is briefed.</summary>
    Blind,
    /// <summary>We call the human, tell him what it is about, and join the two (REFER with Replaces).</summary>
    Attended,
    /// <summary>As attended, but we stay in the media path: recording goes on, and the caller's phone need not know REFER.</summary>
    Bridged,
}

/// <summary>How callers are transferred to a human.</summary>
public record TransferOptions
{
    public TransferMode Mode { get; init; }

    /// <summary>How long a human's phone may ring before the next one is asked.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a human may take to press a key once he was briefed; a voicemail presses none.</summary>
    public TimeSpan AcceptTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
