using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// What a caller may say to a model: anything. A recogniser that only hears what it is told of hears at least the agent's
/// own intents, the commands that are always understood, yes and no, and digits after a question for a number.
/// </summary>
internal static class Hearable
{
    private static readonly DtmfExpectation Keys = new(32, '#', TimeSpan.FromSeconds(2));

    /// <summary>Whoever asks with one of these words waits for digits.</summary>
    private static readonly HashSet<string> NumberWords = new(StringComparer.Ordinal) { "number", "digits", "code", "pin", "zip", "postcode" };

    /// <summary>Telephone numbers have the most.</summary>
    private const int MaxDigits = 15;

    /// <param name="said">What the agent has said in its reply.</param>
    public static Expectation After(AgentDefinition agent, string said) => new()
    {
        FreeText = true,
        Answers =
        [
            new YesNoAnswer("yes_no"),
            .. AsksForNumber(said) ? [new DigitsAnswer("digits", 1, MaxDigits)] : (IEnumerable<ExpectedAnswer>)[],
            .. agent.Intents.Values.Where(intent => intent.Phrases.Count > 0).Select(intent => new PhraseAnswer(intent.Name, intent.Phrases)),
            .. CommandPhrases.All.Select(command => new PhraseAnswer(command.Tag, command.Phrases)),
        ],
        Dtmf = Keys,
        SilenceTimeout = agent.Limits.Silence,
    };

    private static bool AsksForNumber(string said) => Words.Split(said).Any(NumberWords.Contains);
}
