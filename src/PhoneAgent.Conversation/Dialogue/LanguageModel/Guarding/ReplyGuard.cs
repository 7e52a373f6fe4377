using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Guarding;

/// <summary>
/// Looks at a reply before it is spoken: forbidden phrases, and the agent's own instructions read out. Made once per
/// agent; thread-safe.
/// </summary>
internal sealed class ReplyGuard
{
    /// <summary>So many words in a row are no chance. Shorter runs may be what a rule tells the agent to say.</summary>
    private const int EchoWords = 12;

    private const int LeadCharacters = 200;

    private readonly IReadOnlyList<string> _forbidden;
    private readonly IReadOnlyList<IReadOnlyList<string>> _forbiddenWords;
    private readonly HashSet<string> _confidential;

    public ReplyGuard(AgentDefinition agent)
    {
        _forbidden = [.. agent.Model!.NeverSay.Select(Normal).Where(phrase => phrase.Length > 2)];
        _forbiddenWords = [.. agent.Model!.NeverSay.Select(Words.Split).Where(words => words.Count > 1)];
        _confidential = [.. Instructions.Confidential(agent).SelectMany(text => Runs(Words.Split(text)))];
    }

    /// <summary>Why the words must not be said; null when they may.</summary>
    /// <param name="before">What was said just before: a phrase may begin there.</param>
    public string? Refuse(string before, string text)
    {
        IReadOnlyList<string> lead = Words.Split(before.Length > LeadCharacters ? before[^LeadCharacters..] : before);
        IReadOnlyList<string> words = [.. lead.TakeLast(EchoWords - 1), .. Words.Split(text)];
        string normal = $" {string.Join(' ', words)} ";
        if (_forbidden.Any(phrase => normal.Contains(phrase, StringComparison.Ordinal)))
            return "the reply held a phrase of model.never_say";
        return Runs(words).Any(_confidential.Contains) ? "the reply repeated the agent's instructions" : null;
    }

    /// <summary>How many words at the end of a text may be the beginning of a forbidden phrase; 0 for none.</summary>
    public int Begun(string text)
    {
        if (_forbiddenWords.Count == 0)
            return 0;
        IReadOnlyList<string> words = Words.Split(text.Length > LeadCharacters ? text[^LeadCharacters..] : text);
        return _forbiddenWords.Max(phrase => Begun(phrase, words));
    }

    private static int Begun(IReadOnlyList<string> phrase, IReadOnlyList<string> words)
    {
        for (int count = Math.Min(phrase.Count - 1, words.Count); count > 0; count--)
        {
            if (words.TakeLast(count).SequenceEqual(phrase.Take(count)))
                return count;
        }
        return 0;
    }

    private static string Normal(string phrase) => $" {string.Join(' ', Words.Split(phrase))} ";

    private static IEnumerable<string> Runs(IReadOnlyList<string> words)
    {
        for (int i = 0; i + EchoWords <= words.Count; i++)
            yield return string.Join(' ', words.Skip(i).Take(EchoWords));
    }
}
