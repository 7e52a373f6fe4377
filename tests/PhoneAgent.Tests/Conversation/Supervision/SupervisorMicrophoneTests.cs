using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Supervision;

public class SupervisorMicrophoneTests
{
    private readonly SupervisorMicrophone _microphone = new();
    private readonly short[] _frame = new short[320];

    [Fact]
    public void Bursts_come_out_frame_by_frame_without_a_gap()
    {
        for (short burst = 0; burst < 4; burst++)
            _microphone.Write([.. Enumerable.Range(burst * 500, 500).Select(i => (short)i)]);
        var heard = new List<short>();
        while (Play())
        {
            heard.AddRange(_frame);
        }
        Assert.Equal(Enumerable.Range(0, 6 * 320).Select(i => (short)i), heard);
        Assert.Equal(1, _microphone.Starved);
    }

    [Fact]
    public void It_begins_with_60_ms_in_hand_also_after_it_ran_dry()
    {
        for (int time = 0; time < 2; time++)
        {
            _microphone.Write(new short[640]);
            Assert.False(Play());
            _microphone.Write(new short[320]);
            Assert.True(Play());
            Assert.True(Play());
            Assert.True(Play());
            Assert.False(Play());
        }
        Assert.Equal(2, _microphone.Starved);
    }

    [Fact]
    public void A_stall_leaves_no_delay_behind()
    {
        // 1 s arrives at once: what is kept is at most 400 ms, and the newest.
        for (short part = 0; part < 50; part++)
            _microphone.Write([.. Enumerable.Repeat(part, 320)]);
        int frames = 0;
        short last = -1;
        while (Play())
        {
            (frames, last) = (frames + 1, _frame[^1]);
        }
        Assert.InRange(frames, 5, 20);
        Assert.Equal(49, last);
        Assert.Equal((50 - frames) * 320, _microphone.DroppedSamples);
    }

    [Fact]
    public void A_message_longer_than_all_of_it_keeps_its_end()
    {
        _microphone.Write([.. Enumerable.Range(0, 20_000).Select(i => (short)i)]);
        Assert.True(Play());
        Assert.Equal(20_000 - 6_400, _frame[0]);
    }

    private bool Play() => _microphone.Exchange(0, FrameOrigin.Received, _frame, _frame);
}
