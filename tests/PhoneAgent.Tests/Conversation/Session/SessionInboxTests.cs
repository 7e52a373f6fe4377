using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
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
    public void OnlyFramesAndInterimsAreDroppedWhenTheLoopIsBehind()
    {
        var inbox = new SessionInbox();
        var interim = SessionMessage.Recognition(1, new RecognitionResult { IsFinal = false, Text = "one" });
        var final = SessionMessage.Recognition(1, new RecognitionResult { IsFinal = true, Text = "one" });
        for (int i = 0; i < 3000; i++)
            inbox.Post(interim);
        Post(inbox, 0);
        Assert.Equal(1, inbox.DroppedFrames);
        Assert.InRange(inbox.DroppedMessages, 1, 2999);
        long dropped = inbox.DroppedMessages;

        SessionMessage[] control = [final, SessionMessage.ReplyEnded(1, null), SessionMessage.SynthesisFailed(1, "no voice"), SessionMessage.Stop()];
        foreach (SessionMessage message in control)
            inbox.Post(message);

        var read = new List<SessionMessage>();
        while (inbox.TryRead(out SessionMessage message))
        {
            read.Add(message);
            inbox.Done(message);
        }
        Assert.Equal(dropped, inbox.DroppedMessages);
        Assert.Equal(3000 - dropped + control.Length, read.Count);
        Assert.Equal(control, read[^control.Length..]);
        Assert.Equal(0, inbox.Unread);
    }

    [Fact]
    public async Task WhatComesInAnyNumberWaitsForRoomAndKeepsItsOrder()
    {
        var inbox = new SessionInbox();
        var posts = new List<Task>();
        while (posts.Count == 0 || posts[^1].IsCompleted)
            posts.Add(inbox.PostAsync(SessionMessage.FirstAudio(posts.Count), default).AsTask());
        int expected = 0;
        while (inbox.TryRead(out SessionMessage message))
        {
            Assert.Equal(expected++, message.Number);
            inbox.Done(message);
            await Task.WhenAll(posts.Take(expected));
            if (expected == 1)
                await posts[^1]; // one place is free
        }
        Assert.Equal(posts.Count, expected);
        Assert.Equal(0, inbox.Unread);
    }

    [Fact]
    public async Task NobodyWaitsForRoomInACallThatIsOver()
    {
        var inbox = new SessionInbox();
        using var over = new CancellationTokenSource();
        Task last;
        do
            last = inbox.PostAsync(SessionMessage.FirstAudio(1), over.Token).AsTask();
        while (last.IsCompleted);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last);
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
