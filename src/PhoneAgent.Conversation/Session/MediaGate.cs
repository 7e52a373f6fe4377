using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Session;

/// <summary>The session's end of the media path: the caller's frame goes to the loop, the queue's frame goes out with the background, both to the recorder.</summary>
internal sealed class MediaGate(SessionInbox inbox, SpeechQueue queue, Ambience? ambience, ICallRecorder? recorder) : IAudioPeer
{
    private volatile Ambience? _ambience = ambience;
    private volatile IAudioPeer? _other;

    /// <summary>The background; null for none. Another agent brings another room.</summary>
    public Ambience? Ambience
    {
        get => _ambience;
        set => _ambience = value;
    }

    /// <summary>Who takes the agent's place in the caller's ear: the music on hold, a human; null: the agent.</summary>
    public IAudioPeer? Other
    {
        get => _other;
        set => _other = value;
    }

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        bool voiced;
        if (_other is { } other)
            voiced = other.Exchange(position, origin, received, toSend);
        else
        {
            voiced = queue.Read(position, toSend);
            if (_ambience is { } room)
            {
                room.Mix(position, toSend);
                voiced = true;
            }
        }
        recorder?.Write(received, toSend);
        inbox.PostFrame(position, origin, received, toSend);
        return voiced;
    }
}
