using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Handover;

public sealed class HoldSoundTests
{
    private readonly FakeSynthesizer _voice = new();

    [Fact]
    public async Task ItsWordsAreSpokenOnceForAllCalls()
    {
        await using HoldSound sound = Create(new HandoverOptions { HoldMusic = "silence", HoldWords = "Thank you for holding.", HoldWordsEvery = TimeSpan.FromSeconds(5) });
        await sound.Prepared.WaitAsync(HostRig.Patience);
        Assert.Equal((false, true), (IsAudible(sound.Play(), 0, 4.9), IsAudible(sound.Play(), 5, 6)));
        Assert.Equal(["Thank you for holding."], _voice.Requests);
    }

    [Fact]
    public async Task WithoutWordsNoVoiceIsAsked()
    {
        await using HoldSound sound = Create(new HandoverOptions());
        await sound.Prepared.WaitAsync(HostRig.Patience);
        Assert.True(IsAudible(sound.Play(), 0, 1));
        Assert.Empty(_voice.Requests);
    }

    [Fact]
    public async Task AFileThatCannotBePlayedLeavesTheMusic()
    {
        await using HoldSound sound = Create(new HandoverOptions { HoldMusic = "/nowhere/at-all.wav" });
        Assert.True(IsAudible(sound.Play(), 0, 1));
    }

    [Theory]
    [InlineData("ringback-uk", false)]
    [InlineData("/nowhere/at-all.wav", true)]
    public void AMissingFileIsNamedAtStart(string music, bool wrong) =>
        Assert.Equal(wrong ? ["hold_music"] : [], new HandoverOptions { HoldMusic = music }.Check().Select(problem => problem.Key));

    private HoldSound Create(HandoverOptions options)
    {
        var config = new LoadedConfig(new PhoneAgentOptions { Transfer = options }, null, "/", []);
        return new HoldSound(config, new Lazy<CallEngines>(() => new CallEngines(new FakeVoiceDetector(), new FakeRecognizer(), _voice)), NullLogger<HoldSound>.Instance);
    }

    private static bool IsAudible(IAudioPeer sound, double from, double to)
    {
        var frame = new short[AudioFormat.FrameSamples];
        bool audible = false;
        for (int i = 0; i < to * 50; i++)
        {
            sound.Exchange(i * AudioFormat.FrameSamples, FrameOrigin.Silence, frame, frame);
            audible |= i >= from * 50 && frame.AsSpan().ContainsAnyExcept((short)0);
        }
        return audible;
    }
}
