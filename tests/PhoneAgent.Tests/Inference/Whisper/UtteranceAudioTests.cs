using PhoneAgent.Conversation.Calls;
using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class UtteranceAudioTests
{
    [Theory]
    [InlineData(0, 10, 3000, 20, 20)] // a clear line
    [InlineData(150, 10, 3000, 20, 20)] // a noisy one
    [InlineData(0, 10, 20, 20, 0)] // only hiss
    [InlineData(3000, 0, 3000, 30, 30)] // no pause at all
    public void VoiceIsToldFromTheLine(int noise, int quietFrames, int voice, int voicedFrames, int expectedFrames)
    {
        var audio = new UtteranceAudio(TimeSpan.FromSeconds(10));
        Add(audio, quietFrames, noise);
        Add(audio, voicedFrames, voice);
        Assert.Equal(expectedFrames * AudioFormat.FrameDuration, audio.VoicedSince(0));
    }

    [Fact]
    public void APauseIsFoundInItsMiddle()
    {
        var audio = new UtteranceAudio(TimeSpan.FromSeconds(10));
        Add(audio, 20, 3000);
        Add(audio, 3, 0);
        Add(audio, 20, 3000);
        Add(audio, 10, 0);
        Add(audio, 5, 3000);
        var pause = audio.FindPause(0, audio.Count, TimeSpan.FromMilliseconds(120));
        Assert.InRange(pause / AudioFormat.FrameSamples, 44, 48);
        Assert.Equal(-1, audio.FindPause(0, 40 * AudioFormat.FrameSamples, TimeSpan.FromMilliseconds(120)));
    }

    [Fact]
    public void WhatWasReadStaysWhileMoreIsAdded()
    {
        var audio = new UtteranceAudio(TimeSpan.FromSeconds(60));
        Add(audio, 10, 1000);
        var read = audio.From(0);
        var before = read.ToArray();
        Add(audio, 2000, 9000);
        Assert.Equal(before, read.ToArray());
        Assert.Equal(2010 * AudioFormat.FrameSamples, audio.Count);
    }

    [Fact]
    public void ItHasALongest()
    {
        var audio = new UtteranceAudio(TimeSpan.FromSeconds(1));
        Add(audio, 50, 1000);
        Assert.False(audio.Add(new short[AudioFormat.FrameSamples]));
        Assert.Equal(AudioFormat.SampleRate, audio.Count);
    }

    private static void Add(UtteranceAudio audio, int frames, int amplitude)
    {
        var frame = new short[AudioFormat.FrameSamples];
        for (var i = 0; i < frame.Length; i++)
            frame[i] = (short)(i % 16 < 8 ? amplitude : -amplitude);
        for (var i = 0; i < frames; i++)
            audio.Add(frame);
    }
}
