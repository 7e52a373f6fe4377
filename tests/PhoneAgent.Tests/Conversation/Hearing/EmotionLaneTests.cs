using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Hearing;

public class EmotionLaneTests
{
    private static readonly short[] Frame = new short[AudioFormat.FrameSamples];

    [Fact]
    public async Task A_frame_costs_the_session_loop_no_memory()
    {
        var inbox = new SessionInbox();
        var classifier = new FakeEmotionClassifier { IsBusy = true };
        await using var lane = new EmotionLane(new ToneHearing(classifier), inbox);
        lane.Open(1, "en-US");
        for (int i = 0; i < 20; i++)
            await PushAsync(100); // the queue grows to what it will ever need
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            lane.Push(1, Frame);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        async Task PushAsync(int count)
        {
            for (int i = 0; i < count; i++)
                lane.Push(1, Frame);
            await inbox.WhenIdleAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Frames_that_a_stuck_classifier_does_not_take_are_counted()
    {
        var inbox = new SessionInbox();
        var classifier = new FakeEmotionClassifier { Holds = true };
        await using var lane = new EmotionLane(new ToneHearing(classifier), inbox);
        lane.Open(1, "en-US");
        lane.Probe(1); // waits for ever
        for (int i = 0; i < 1000; i++)
            lane.Push(1, Frame);
        Assert.InRange(lane.DroppedFrames, 800, 999);
    }

    [Fact]
    public async Task Every_probe_and_every_finish_is_answered_once_and_in_order()
    {
        var inbox = new SessionInbox();
        var classifier = new FakeEmotionClassifier();
        await using var lane = new EmotionLane(new ToneHearing(classifier), inbox);
        lane.Finish(0); // of nothing
        lane.Open(1, "en-US");
        lane.Probe(1);
        lane.Resume(1);
        lane.Probe(1);
        lane.Drop(1);
        lane.Probe(1); // of nothing
        lane.Open(2, "en-US");
        lane.Finish(2);

        List<(ToneStep, int)> answers = [];
        while (answers.Count < 5 && await inbox.WaitAsync())
        {
            while (inbox.TryRead(out SessionMessage message))
            {
                answers.Add(((ToneStep)message.Position, message.Number));
                inbox.Done(message);
            }
        }
        Assert.Equal([(ToneStep.Final, 0), (ToneStep.Probe, 1), (ToneStep.Probe, 1), (ToneStep.Probe, 1), (ToneStep.Final, 2)], answers);
        await inbox.WhenIdleAsync(CancellationToken.None);
        Assert.Equal(0, classifier.OpenStreams);
    }
}
