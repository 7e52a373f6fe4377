using PhoneAgent.Conversation;
using PhoneAgent.Server.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage;

public sealed class LatencySummaryTests
{
    [Fact]
    public void StagesFollowEachOtherAndAddUpToTheGap()
    {
        LatencySummary latency = LatencySummary.From([Turn(300, 400, 700, 900, 920)]);

        Assert.Equal(
            [300, 100, 300, 200, 20],
            new[] { latency.Endpoint, latency.Recognition, latency.Dialogue, latency.Synthesis, latency.Playing }.Select(stage => stage.Median!.Value.TotalMilliseconds));
    }

    [Fact]
    public void WhatAGuessHadDoneBeforeCostsNothing()
    {
        LatencySummary latency = LatencySummary.From([Turn(300, 340, 220, 230, 360)]);

        Assert.Equal((0, 0, 20), (latency.Dialogue.Median!.Value.TotalMilliseconds, latency.Synthesis.Median!.Value.TotalMilliseconds, latency.Playing.Median!.Value.TotalMilliseconds));
    }

    [Fact]
    public void AFillerThatCameFirstIsPlayingTime()
    {
        LatencySummary latency = LatencySummary.From([Turn(300, 400, null, null, 1900)]);

        Assert.Equal((0, 1500), (latency.Dialogue.Median!.Value.TotalMilliseconds, latency.Playing.P95!.Value.TotalMilliseconds));
    }

    [Fact]
    public void GuessesAreCountedWithWhatTheyWasted()
    {
        SpeculationSummary speculation = SpeculationSummary.From(
        [
            Step(SpeculationStep.Started), Step(SpeculationStep.Missed, 120, 1.5), Step(SpeculationStep.Started), Step(SpeculationStep.Hit),
            Step(SpeculationStep.Skipped), Step(SpeculationStep.Missed, 30, 0.5),
        ]);

        Assert.Equal(new SpeculationSummary(1, 2, 1, 150, TimeSpan.FromSeconds(2)), speculation);
    }

    private static TimelineEvent.TurnLatency Turn(int endpoint, int final, int? token, int? audio, int packet) =>
        new(1, Ms(endpoint), Ms(final), token is { } t ? Ms(t) : null, audio is { } a ? Ms(a) : null, Ms(packet), token < endpoint) { At = default };

    private static TimelineEvent.Speculation Step(SpeculationStep step, long tokens = 0, double seconds = 0) =>
        new(step, "") { At = default, WastedTokens = tokens, WastedAudio = TimeSpan.FromSeconds(seconds) };

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
