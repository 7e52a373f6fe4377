using PhoneAgent.Conversation.Listening;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Listening;

public class SpeechSegmenterTests
{
    private const int Window = 512;

    [Fact]
    public void An_onset_needs_speech_that_lasts_and_is_dated_back_to_its_start()
    {
        var segmenter = new SpeechSegmenter(new SpeechDetectionOptions());
        Assert.False(segmenter.Add(new VoiceActivity(Window, 0.1f)));
        Assert.False(segmenter.Add(new VoiceActivity(2 * Window, 0.9f)));
        Assert.True(segmenter.Add(new VoiceActivity(3 * Window, 0.9f)));
        Assert.Equal((Window, 3 * Window), (segmenter.Onset, segmenter.LastVoiced));
    }

    [Fact]
    public void A_click_is_no_onset()
    {
        var segmenter = new SpeechSegmenter(new SpeechDetectionOptions());
        for (int i = 1; i < 40; i++)
            Assert.False(segmenter.Add(new VoiceActivity(i * Window, i % 2 == 0 ? 0.9f : 0.1f)));
    }

    [Fact]
    public void Running_speech_bears_a_dip_between_the_thresholds()
    {
        var segmenter = new SpeechSegmenter(new SpeechDetectionOptions());
        foreach ((int i, float p) in new[] { (1, 0.9f), (2, 0.9f), (3, 0.4f), (4, 0.9f) })
            segmenter.Add(new VoiceActivity(i * Window, p));
        Assert.Equal(4 * Window, segmenter.VoicedSamples);
        segmenter.Add(new VoiceActivity(5 * Window, 0.2f));
        Assert.Equal(2 * Window, segmenter.Silence(6 * Window));
        Assert.True(segmenter.InSegment);
    }
}
