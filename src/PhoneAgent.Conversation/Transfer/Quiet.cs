using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>Nothing to hear: for whoever waits where there is no music. Has no state.</summary>
internal sealed class Quiet : IAudioPeer
{
    public static readonly Quiet Instance = new();

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        toSend.Clear();
        return false;
    }
}
