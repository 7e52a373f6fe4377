namespace PhoneAgent.Conversation.Answering;

/// <summary>
/// Who answers a call of ours, and what is done with each. The thresholds begin at what others use (Asterisk app_amd: silence
/// 2.5 s, greeting 1.5 s, silence after it 0.8 s; Twilio: speech 2.4 s, silence after it 1.2 s, no speech 5 s) and were then moved on
/// the tuning half of tools/eval-amd.
/// </summary>
public sealed record AnswerDetectionOptions
{
    /// <summary>Off: the agent talks to whoever answers.</summary>
    public bool Enabled { get; init; }

    public AnswerAction OnMachine { get; init; } = AnswerAction.HangUp;

    public AnswerAction OnFax { get; init; } = AnswerAction.HangUp;

    public AnswerAction OnNotInService { get; init; } = AnswerAction.HangUp;

    /// <summary>Busy and congestion tones.</summary>
    public AnswerAction OnBusy { get; init; } = AnswerAction.HangUp;

    public AnswerAction OnSilence { get; init; } = AnswerAction.Talk;

    /// <summary>What is said after the beep; needed for <see cref="AnswerAction.LeaveMessage"/>.</summary>
    public string? Message { get; init; }

    /// <summary>A greeting up to this long with a pause after it is a person's.</summary>
    public TimeSpan LongestHello { get; init; } = TimeSpan.FromMilliseconds(1700);

    /// <summary>The pause after a short greeting that says a person waits for an answer.</summary>
    public TimeSpan PauseAfterHello { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>The pause after which the agent talks although nothing is sure: nobody is kept waiting.</summary>
    public TimeSpan AnswerAfter { get; init; } = TimeSpan.FromMilliseconds(1100);

    /// <summary>Speech without such a pause for this long is a machine's greeting.</summary>
    public TimeSpan LongGreeting { get; init; } = TimeSpan.FromMilliseconds(4200);

    /// <summary>Nothing heard for this long after the answer.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>For how long after the first verdict a person may turn out to be a machine.</summary>
    public TimeSpan ReviseFor { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Speech that goes on for this long over the agent is a recording: people stop.</summary>
    public TimeSpan TalksOn { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A machine without a beep is taken to record after this much silence behind its greeting.</summary>
    public TimeSpan EndOfGreeting { get; init; } = TimeSpan.FromMilliseconds(3500);

    /// <summary>How long a machine's beep is waited for; then the call ends.</summary>
    public TimeSpan BeepTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What only machines say, besides <see cref="AnswerPhrases.Machine"/>; compared word by word with what was heard.</summary>
    public IReadOnlyList<string> MachinePhrases { get; init; } = [];

    /// <summary>What only people say who wait for an answer, however long their greeting; besides <see cref="AnswerPhrases.Person"/>.</summary>
    public IReadOnlyList<string> PersonPhrases { get; init; } = [];

    /// <summary>What only networks say of numbers that cannot be reached, besides <see cref="AnswerPhrases.NotInService"/>.</summary>
    public IReadOnlyList<string> NotInServicePhrases { get; init; } = [];

    public AnswerAction ActionFor(AnswerKind kind) => kind switch
    {
        AnswerKind.Machine or AnswerKind.Voicemail => OnMachine,
        AnswerKind.Fax => OnFax,
        AnswerKind.NotInService => OnNotInService,
        AnswerKind.Busy or AnswerKind.Congested => OnBusy,
        AnswerKind.Silent => OnSilence,
        _ => AnswerAction.Talk,
    };

    /// <summary>What does not go together, each with its key.</summary>
    public IEnumerable<(string Key, string Message)> Check()
    {
        if (OnMachine == AnswerAction.LeaveMessage && string.IsNullOrWhiteSpace(Message))
            yield return ("message", "on_machine is leave-message, but there is no message; write what is to be said after the beep.");
        foreach ((string key, AnswerAction action) in new[] { ("on_fax", OnFax), ("on_not_in_service", OnNotInService), ("on_busy", OnBusy), ("on_silence", OnSilence) })
            if (action == AnswerAction.LeaveMessage)
                yield return (key, "Only a machine takes a message; write talk or hang-up.");
        if (PauseAfterHello < TimeSpan.FromMilliseconds(200) || PauseAfterHello > AnswerAfter)
            yield return ("pause_after_hello", "Outside 200ms to answer_after.");
        if (AnswerAfter > TimeSpan.FromMilliseconds(1300))
            yield return ("answer_after", "Longer than 1300ms: a person would hear nothing for 1.5 s.");
        if (LongestHello <= TimeSpan.Zero || LongGreeting <= LongestHello)
            yield return ("long_greeting", "Not longer than longest_hello.");
        if (Silence < TimeSpan.FromSeconds(1) || Silence > TimeSpan.FromMinutes(1))
            yield return ("silence", "Outside 1s–1m.");
        if (TalksOn < TimeSpan.FromSeconds(1))
            yield return ("talks_on", "Shorter than 1s: people talk over the agent, too.");
        if (EndOfGreeting < TimeSpan.FromSeconds(1) || BeepTimeout < EndOfGreeting)
            yield return ("beep_timeout", "Shorter than end_of_greeting, or that is below 1s.");
    }
}
