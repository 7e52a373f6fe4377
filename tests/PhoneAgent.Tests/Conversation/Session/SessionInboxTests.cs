using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Session;

public sealed class SessionInboxTests
{
    [Fact]
    public void AFrameThatWaitsIsNotOverwrittenAfterOthersWereDropped()
    {
        var inbox = new SessionInbox();
        short number = 0;
        for (; number < 130; number++)
            Post(inbox, number);   // the last two find no room
        Assert.Equal(2, inbox.DroppedFrames);
        Take(inbox, 0);
        Post(inbox, number);       // 130 comes into the place of 0
        for (short i = 1; i < 128; i++)
            Take(inbox, i);
        Take(inbox, 130);
        Assert.False(inbox.TryRead(out _));
    }

    [Fact]
    public async Task ASignalWaitsForRoom()
    {
        var inbox = new SessionInbox();
        while (inbox.DroppedMessages == 0)
            inbox.Post(SessionMessage.FirstAudio(1));
        var ended = new CallSignal.Ended(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        Task posted = inbox.PostAsync(SessionMessage.Signal(ended));
        Assert.False(posted.IsCompleted);
        object? last = null;
        while (inbox.TryRead(out SessionMessage message))
        {
            last = message.Payload;
            inbox.Done(message);
        }
        await posted;
        Assert.Same(ended, last);
        Assert.Equal(0, inbox.Unread);
    }

    private static void Post(SessionInbox inbox, short number)
    {
        var frame = new short[AudioFormat.FrameSamples];
        Array.Fill(frame, number);
        inbox.PostFrame(number * (long)AudioFormat.FrameSamples, FrameOrigin.Received, frame, frame);
    }

    private static void Take(SessionInbox inbox, short number)
    {
        Assert.True(inbox.TryRead(out SessionMessage message));
        Assert.Equal(number * (long)AudioFormat.FrameSamples, message.Position);
        Assert.Equal((number, number), (inbox.Received[0], inbox.Sent[^1]));
        inbox.Done(message);
    }
}
