using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>What is understood at every step, without being written in a script.</summary>
public enum DialogueCommand
{
    Repeat,
    Human,
    Goodbye,
    Help,
    /// <summary>"That's wrong": the last answer is asked for again.</summary>
    Correct,
}

internal sealed record CommandPhrases(DialogueCommand Command, string Tag, IReadOnlyList<string> Phrases, IReadOnlyList<PhrasePattern> Patterns)
{
    public static readonly IReadOnlyList<CommandPhrases> All =
    [
        Make(DialogueCommand.Repeat, "command_repeat",
            "[could you | can you] repeat [that | it] [again]",
            "[could you | can you] say (that | it) again",
            "(what did you say | what was that | pardon [me] | come again | once more | say again)"),
        Make(DialogueCommand.Human, "command_human",
            "[i (want | need | would like) | i'd like | can i | could i | let me] [to] [speak | talk] [to | with] [a | an | the] [real | live | human] (human | person | someone | somebody | operator | agent | representative | receptionist | human being)",
            "(transfer me | put me through | connect me) [to (a | an | the) [real] (human | person | operator | agent | representative)]"),
        Make(DialogueCommand.Goodbye, "command_goodbye",
            "[thank you | thanks | no] (goodbye | good bye | bye | bye bye) [now]",
            "[no] (that's all | that is all | that will be all | nothing else) [thank you | thanks] [goodbye | bye]",
            "hang up"),
        Make(DialogueCommand.Help, "command_help",
            "help [me]",
            "what can (you do | i (say | ask | do)) [for me | here]",
            "what are (my | the) options"),
        Make(DialogueCommand.Correct, "command_correct",
            "[no] (that's | that is | that was | it's) (wrong | not right | not correct | incorrect | not what i said)",
            "[no] i (made a mistake | didn't say that | said something else)",
            "[no] (go back | wrong number)"),
    ];

    /// <summary>How a caller begins to put something right: "no, I said …".</summary>
    private static readonly IReadOnlyList<IReadOnlyList<string>> CorrectionLeadIns =
    [
        ["no", "no", "i", "said"], ["no", "i", "said"], ["no", "i", "meant"], ["no", "it's"], ["no", "it", "is"], ["no", "i", "want"], ["no", "that's"],
        ["i", "said"], ["i", "meant"], ["i", "mean"], ["actually"], ["not", "that"], ["no"], ["sorry"], ["wait"],
    ];

    /// <summary>The lead-in of a correction as a phrase, for grammars.</summary>
    public const string CorrectionPhrase = "(no | [no] i (said | meant | mean) | no it's | actually)";

    /// <summary>The words want a person and nothing else.</summary>
    public static bool AsksForHuman(string text) =>
        TryMatch(Words.WithoutCourtesies(Words.Split(text)), out CommandPhrases command) && command.Command == DialogueCommand.Human;

    /// <summary>A word that is called several times is meant once: "agent, agent, agent".</summary>
    public static bool TryMatch(IReadOnlyList<string> words, out CommandPhrases command)
    {
        if (words.Count > 1 && words.Distinct().Count() == 1)
            words = [words[0]];
        command = All.FirstOrDefault(candidate => candidate.Patterns.Any(pattern => pattern.IsMatch(words)))!;
        return command is not null;
    }

    /// <summary>The words after "no, I said" and the like; null when the sentence does not begin so.</summary>
    public static IReadOnlyList<string>? AfterCorrection(IReadOnlyList<string> words)
    {
        IReadOnlyList<string>? leadIn = CorrectionLeadIns.FirstOrDefault(lead => words.Count > lead.Count && words.Take(lead.Count).SequenceEqual(lead));
        return leadIn is null ? null : [.. words.Skip(leadIn.Count)];
    }

    private static CommandPhrases Make(DialogueCommand command, string tag, params string[] phrases) =>
        new(command, tag, phrases, [.. phrases.Select(PhrasePattern.Parse)]);
}
