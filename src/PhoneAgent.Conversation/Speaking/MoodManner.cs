namespace PhoneAgent.Conversation.Speaking;

/// <summary>How an agent changes his manner for a caller in some mood; on top of how he sounds anyway.</summary>
public sealed record MoodManner
{
    /// <summary>Factor on the speaking rate, 0.8–1.2.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Change of loudness in dB, -6–3.</summary>
    public double GainDb { get; init; }

    /// <summary>Silence before each sentence of a reply but its first, 0–1 s: time to take in what was said.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>What a language model is told about the wording for such a caller, a sentence each; empty: the built-in rules, where there are any.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>A manner of speaking where the voice has it, e.g. "empathetic"; null: as he is.</summary>
    public string? Style { get; init; }
}

/// <summary>
/// Lets the agent's manner follow the caller's mood (<see cref="AgentSound.Moods"/>), a step at a time: a voice that changes
/// at once sounds like mockery. Owned by the session loop.
/// </summary>
internal sealed class MannerFollower
{
    private const double RateStep = 0.05;
    private const double GainStepDb = 1.5;
    private static readonly TimeSpan PauseStep = TimeSpan.FromMilliseconds(100);
    private static readonly MoodManner s_own = new();
    private double _rate = 1;
    private double _gainDb;
    private TimeSpan _pause;

    /// <summary>How the next reply sounds to a caller in this mood.</summary>
    /// <param name="own">The agent's own manner.</param>
    /// <param name="mood">One of the labels of <see cref="TimelineEvent.Emotion"/>, or null.</param>
    public SpeakerOptions Over(SpeakerOptions own, string? mood)
    {
        (double rate, double gainDb, TimeSpan pause, string? style) = Next(own, mood);
        return own with { Rate = Math.Clamp(own.Rate * rate, 0.5, 2), GainDb = own.GainDb + gainDb, Pause = pause, Style = style ?? own.Style };
    }

    /// <summary>The reply stands: the next step is counted from it.</summary>
    public void Stand(SpeakerOptions own, string? mood) => (_rate, _gainDb, _pause, _) = Next(own, mood);

    private (double Rate, double GainDb, TimeSpan Pause, string? Style) Next(SpeakerOptions own, string? mood)
    {
        MoodManner to = (mood is null ? null : own.Sound.Moods.GetValueOrDefault(mood)) ?? s_own;
        return (
            Math.Clamp(to.Rate, _rate - RateStep, _rate + RateStep), Math.Clamp(to.GainDb, _gainDb - GainStepDb, _gainDb + GainStepDb),
            to.Pause > _pause + PauseStep ? _pause + PauseStep : to.Pause < _pause - PauseStep ? _pause - PauseStep : to.Pause, to.Style);
    }
}
