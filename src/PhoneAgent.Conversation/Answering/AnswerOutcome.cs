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
        int said = 0, heard = 0;
        foreach (TimelineEvent happened in events)
        {
            switch (happened)
            {
                case TimelineEvent.AnsweredBy answered:
                    // A machine that beeps after all has recorded nothing of what was said before.
                    (first, last, said, heard) = (first ?? answered, answered, 0, 0);
                    break;
                case TimelineEvent.AgentSentence sentence:
                    said += Letters(sentence.Text);
                    break;
                case TimelineEvent.Heard part:
                    heard += Letters(part.Text);
                    break;
            }
        }
        return last is null
            ? new AnswerOutcome(AnswerKind.Undecided, null, null, false, MessageOutcome.None)
            : new AnswerOutcome(last.Kind, last.Rule, first!.At, last.IsRevised, last.Kind != AnswerKind.Voicemail || heard == 0
                ? MessageOutcome.None
                : heard >= said ? MessageOutcome.Left : MessageOutcome.CutShort);
    }

    private static int Letters(string text) => text.Count(char.IsLetterOrDigit);
}

public enum MessageOutcome
{
    None,
    /// <summary>All of it was said while the machine recorded.</summary>
    Left,
    /// <summary>The machine hung up, or the voice failed, before its end.</summary>
    CutShort,
}
