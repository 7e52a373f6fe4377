namespace PhoneAgent.Conversation.Answering;

/// <summary>What a finished call of ours came to, read from its timeline; for whoever placed it.</summary>
/// <param name="Kind">Who answered, by the last verdict; <see cref="AnswerKind.Undecided"/> where detection was off or the call too short.</param>
/// <param name="Rule">The rule of that verdict; null without one.</param>
/// <param name="DecidedAfter">Media time of the first verdict.</param>
/// <param name="IsRevised">There was another verdict before.</param>
/// <param name="Message">What became of the message for the machine.</param>
public sealed record AnswerOutcome(AnswerKind Kind, string? Rule, TimeSpan? DecidedAfter, bool IsRevised, MessageOutcome Message)
{
    public static AnswerOutcome From(IEnumerable<TimelineEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        TimelineEvent.AnsweredBy? first = null, last = null;
        MessageOutcome message = MessageOutcome.None;
        foreach (TimelineEvent happened in events)
        {
            if (happened is TimelineEvent.AnsweredBy answered)
                (first, last) = (first ?? answered, answered);
            else if (happened is TimelineEvent.MessageLeft left)
                message = left.IsComplete ? MessageOutcome.Left : MessageOutcome.CutShort;
        }
        return last is null
            ? new AnswerOutcome(AnswerKind.Undecided, null, null, false, message)
            : new AnswerOutcome(last.Kind, last.Rule, first!.At, last.IsRevised, message);
    }
}

public enum MessageOutcome
{
    None,
    /// <summary>All of it was said after the beep.</summary>
    Left,
    /// <summary>The machine hung up, or the voice failed, before its end.</summary>
    CutShort,
}
