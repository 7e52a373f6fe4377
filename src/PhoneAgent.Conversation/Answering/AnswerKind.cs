namespace PhoneAgent.Conversation.Answering;

/// <summary>Who, or what, is at the other end of a call that we placed.</summary>
public enum AnswerKind
{
    /// <summary>Nothing can be said yet.</summary>
    Undecided,
    Person,
    /// <summary>A machine plays its greeting; it does not record yet.</summary>
    Machine,
    /// <summary>A machine has beeped, or has been silent for long after its greeting: it records.</summary>
    Voicemail,
    Fax,
    /// <summary>Special information tone, or an announcement: the number does not exist or is out of service.</summary>
    NotInService,
    Busy,
    /// <summary>Fast busy, or the special information tone of a network without a free circuit: another attempt may go through.</summary>
    Congested,
    /// <summary>Answered, and nobody says anything.</summary>
    Silent,
}

/// <summary>What the agent does with an answer.</summary>
public enum AnswerAction
{
    /// <summary>Begins the conversation.</summary>
    Talk,
    HangUp,
    /// <summary>Waits for the beep, says the message, hangs up.</summary>
    LeaveMessage,
}

/// <summary>Who answered, as far as can be said now. A later verdict of the same call may revise it.</summary>
/// <param name="Kind">Who.</param>
/// <param name="Rule">
/// Short and stable: "short-greeting", "pause", "asked", "hello-again", "long-greeting", "phrase", "talks-on", "beep", "end-of-greeting", "fax-tone",
/// "sit", "busy-tone", "congestion-tone", "silence".
/// </param>
/// <param name="Detail">The figures or words that led to it. Words are personal data.</param>
/// <param name="At">Media time of the decision.</param>
public sealed record AnswerVerdict(AnswerKind Kind, string Rule, string Detail, TimeSpan At);
