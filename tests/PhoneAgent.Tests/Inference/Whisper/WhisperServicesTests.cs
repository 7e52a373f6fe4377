using PhoneAgent.Conversation;
using PhoneAgent.Inference;
using PhoneAgent.Inference.Models;
using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class WhisperServicesTests
{
    private readonly ModelStore models = new(
        ModelManifest.Load(Path.Combine(Server.Repository.Root, "models", "manifest.json")), Path.Combine(Path.GetTempPath(), "no-such-cache"));

    [Theory]
    [InlineData("whisper-tiny.en")]
    [InlineData("whisper-base.en")]
    [InlineData("whisper-small")]
    [InlineData("whisper-large-v3-turbo")]
    public void TheManifestHasTheModelAndItsAbsenceSaysHowToGetIt(string name)
    {
        Assert.Equal(64, models.Manifest.Find(name).Sha256.Length);
        var error = Assert.Throws<EngineException>(() => WhisperServices.FindModel(new WhisperOptions { Model = name }, models));
        Assert.Contains($"models pull {name}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APathIsTakenAsItIs() =>
        Assert.Equal("/srv/mine.bin", WhisperServices.FindModel(new WhisperOptions { Model = "/srv/mine.bin" }, models));

    [Fact]
    public async Task WhatCannotBeMadeSaysWhy()
    {
        var status = await new WhisperProbe(new WhisperOptions(), models).ProbeAsync(CancellationToken.None);
        Assert.Equal(EngineHealth.Missing, status.Health);
        Assert.Contains("models pull whisper-base.en", status.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => WhisperServices.CreateRecognizer(new WhisperOptions(), models));
    }

    [Fact]
    public void TextWithoutTokensIsSharedOut()
    {
        var tokens = TranscriptTokens.FromText("one three", TimeSpan.Zero, TimeSpan.FromSeconds(8), 0.7);
        Assert.Equal([" one", " three"], tokens.Select(token => token.Text));
        Assert.Equal(TimeSpan.FromSeconds(3), tokens[0].End);
        Assert.Equal(TimeSpan.FromSeconds(8), tokens[1].End);
        TranscriptToken[] broken = [new(" na\ufffd", default, default, 0.4), new("\ufffdve", default, default, 0.6)];
        var whole = Assert.Single(TranscriptTokens.Of("naïve", broken, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Equal((" naïve", 0.5), (whole.Text, whole.Probability));
    }
}
