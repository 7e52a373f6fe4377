namespace PhoneAgent.Conversation.Listening;

/// <summary>When speech begins and pauses.</summary>
public sealed record SpeechDetectionOptions
{
    /// <summary>Probability from which a window counts as speech, 0–1.</summary>
    public double OnThreshold { get; init; } = 0.5;

    /// <summary>Probability below which a window of running speech counts as silence; lower than <see cref="OnThreshold"/>.</summary>
    public double OffThreshold { get; init; } = 0.35;

    /// <summary>Speech must last this long before it counts as an onset.</summary>
    public TimeSpan MinSpeech { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Audio before the onset that the recogniser gets too: soft consonants come before the detector is sure.</summary>
    public TimeSpan PreRoll { get; init; } = TimeSpan.FromMilliseconds(300);
}

/// <summary>When the caller's turn is over. All times are silence after the last voiced sample.</summary>
public sealed record EndpointingOptions
{
    /// <summary>The reply is prepared after this much, on the guess that the caller is done.</summary>
    public TimeSpan Speculate { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>When the words are a complete expected answer.</summary>
    public TimeSpan CompleteAnswer { get; init; } = TimeSpan.FromMilliseconds(260);

    /// <summary>When nothing speaks for or against.</summary>
    public TimeSpan Base { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>After "um", a trailing "and", or while digits are read out.</summary>
    public TimeSpan Incomplete { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>An utterance is cut here at the latest.</summary>
    public TimeSpan MaxUtterance { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>When speech over the agent is an interruption. Times are speech since its onset.</summary>
public sealed record BargeInOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>The agent stops talking, tentatively.</summary>
    public TimeSpan PauseAfter { get; init; } = TimeSpan.FromMilliseconds(160);

    /// <summary>Words of a trusted interim result confirm from here on.</summary>
    public TimeSpan WordsAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Speech without known words confirms.</summary>
    public TimeSpan ConfirmAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Speech whose only words so far are backchannels confirms.</summary>
    public TimeSpan BackchannelAfter { get; init; } = TimeSpan.FromMilliseconds(1100);

    /// <summary>Sound over the agent that is this much like what he just said is his echo, 0–1.</summary>
    public double EchoLikeness { get; init; } = 0.65;

    /// <summary>A short utterance over the agent counts as an answer from this confidence on, 0–1.</summary>
    public double MinConfidence { get; init; } = 0.6;

    /// <summary>Silence after which speech over the agent is judged by what was said.</summary>
    public TimeSpan JudgeAfter { get; init; } = TimeSpan.FromMilliseconds(180);

    /// <summary>Words that only say "I am listening".</summary>
    public IReadOnlyList<string> Backchannels { get; init; } =
        ["mm", "mhm", "mm-hm", "hm", "hmm", "uh-huh", "uh", "huh", "um", "ah", "oh", "right", "okay", "ok", "sure", "yeah", "i", "see", "got", "it", "alright"];
}
