using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Session;

/// <summary>The session's end of the media path: the caller's frame goes to the loop, the queue's frame goes out with the background, both to the recorder.</summary>
internal sealed class MediaGate(SessionInbox inbox, SpeechQueue queue, Ambience? ambience, ICallRecorder? recorder) : IAudioPeer
{
    private volatile Ambience? _ambience = ambience;

    /// <summary>The background; null for none. Another agent brings another room.</summary>
    public Ambience? Ambience
    {
        get => _ambience;
        set => _ambience = value;
    }

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        bool voiced = queue.Read(position, toSend);
        if (_ambience is { } room)
        {
            room.Mix(position, toSend);
            voiced = true;
        }
        recorder?.Write(received, toSend);
        inbox.PostFrame(position, origin, received, toSend);
        return voiced;
    }
}
