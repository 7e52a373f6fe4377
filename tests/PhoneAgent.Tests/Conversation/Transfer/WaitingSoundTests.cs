using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

public sealed class WaitingSoundTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly short[] Nothing = new short[AudioFormat.FrameSamples];

    [Fact]
    public void MusicFadesInAndGoesOnForEver()
    {
        short[] heard = Hear(Create("music").Play(), seconds: 50);
        Assert.Equal(0, heard[0]);
        Assert.InRange(Level.RmsDb(heard.AsSpan(16_000)), -27, -25);
        // The second time round is the first again.
        Assert.Equal(heard[32_000..64_000], heard[(24 * 16_000 + 32_000)..(24 * 16_000 + 64_000)]);
    }

    [Fact]
    public void EveryCallerHearsItFromTheBeginning()
    {
        WaitingSound sound = Create("music");
        short[] first = Hear(sound.Play(), 1);
        Assert.Equal(first, Hear(sound.Play(), 1));
    }

    [Fact]
    public void SilenceIsSilentAndSaysSo()
    {
        IAudioPeer silence = Create("silence").Play();
        var frame = new short[AudioFormat.FrameSamples];
        frame.AsSpan().Fill(7);
        Assert.False(silence.Exchange(0, FrameOrigin.Received, Nothing, frame));
        Assert.Equal(Nothing, frame);
    }

    [Theory]
    [InlineData("ringback-us")]
    [InlineData("ringback-uk")]
    [InlineData("ringback-eu")]
    public void RingbackRings(string name) => Assert.InRange(Level.RmsDb(Hear(Create(name).Play(), 1).AsSpan(4_000, 2_000)), -25, -23);

    [Fact]
    public void AWordNowAndThenGoesOverTheMusic()
    {
        WaitingSound sound = Create("silence");
        sound.Say([.. Enumerable.Repeat((short)1_000, 8_000)]);
        short[] heard = Hear(sound.Play(), 6);
        Assert.Equal([(2.0, 2.5), (4.5, 5.0)], Stretches(heard));
    }

    [Fact]
    public void MusicGivesWayToAWord()
    {
        WaitingSound sound = Create("music");
        sound.Say(new short[32_000]);
        short[] heard = Hear(sound.Play(), 4);
        short[] plain = Hear(Create("music").Play(), 4);
        float before = Level.RmsDb(plain.AsSpan(48_000, 8_000));
        Assert.Equal(before - 12, Level.RmsDb(heard.AsSpan(48_000, 8_000)), 0.5);
    }

    [Fact]
    public void AFileThatIsNoneIsSaid()
    {
        Assert.False(WaitingSound.TryCreate("/nowhere/music.wav", Every, out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void AFrameAllocatesNothing()
    {
        WaitingSound sound = Create("music");
        sound.Say(new short[3_200]);
        IAudioPeer player = sound.Play();
        var frame = new short[AudioFormat.FrameSamples];
        int i = 0;
        player.Exchange(i, FrameOrigin.Received, Nothing, frame);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (int end = i + 500; i < end;)
                player.Exchange(++i * AudioFormat.FrameSamples, FrameOrigin.Received, Nothing, frame);
        }));
    }

    private static WaitingSound Create(string name)
    {
        Assert.True(WaitingSound.TryCreate(name, Every, out WaitingSound? sound, out string? error), error);
        return sound;
    }

    private static short[] Hear(IAudioPeer peer, int seconds)
    {
        var heard = new short[seconds * AudioFormat.SampleRate];
        for (int at = 0; at < heard.Length; at += AudioFormat.FrameSamples)
            peer.Exchange(at, FrameOrigin.Received, Nothing, heard.AsSpan(at, AudioFormat.FrameSamples));
        return heard;
    }

    private static List<(double From, double To)> Stretches(short[] samples)
    {
        List<(double, double)> found = [];
        int from = -1;
        for (int i = 0; i < samples.Length; i++)
        {
            if (samples[i] != 0 && from < 0)
                from = i;
            if (samples[i] == 0 && from >= 0)
            {
                found.Add((from / 16_000.0, i / 16_000.0));
                from = -1;
            }
        }
        return found;
    }
}
