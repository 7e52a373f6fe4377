using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Session;

/// <summary>The session's end of the media path: the caller's frame goes to the loop, the queue's frame goes out with the background, both to the recorder.</summary>
internal sealed class MediaGate(SessionInbox inbox, SpeechQueue queue, Ambience? ambience, ICallRecorder? recorder) : IAudioPeer
{
    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        bool voiced = queue.Read(position, toSend);
        if (ambience is not null)
        {
            ambience.Mix(position, toSend);
            voiced = true;
        }
        recorder?.Write(received, toSend);
        inbox.PostFrame(position, origin, received, toSend);
        return voiced;
    }
}
