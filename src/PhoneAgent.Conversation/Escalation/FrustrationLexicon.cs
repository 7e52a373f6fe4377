using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Escalation;

/// <summary>What the words of one turn say.</summary>
/// <param name="Anger">0–1.</param>
/// <param name="Kindness">0–1.</param>
/// <param name="Evidence">The phrase that weighed most; empty when there was none. Personal data.</param>
public readonly record struct LexiconReading(double Anger, double Kindness, string Evidence);

/// <summary>
/// Reads anger and kindness out of words: phrases with strengths, with negation ("not happy" is angry, "not angry" is
/// nothing). The strongest phrase counts, each further one half of the one before, so that a flood of words stays below 1.
/// English; immutable.
/// </summary>
public static class FrustrationLexicon
{
    private const int NegationReach = 3;

    private static readonly HashSet<string> s_negations = new(StringComparer.Ordinal)
    {
        "not", "no", "never", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "can't", "cannot", "won't", "wouldn't", "hardly", "without",
    };

    private static readonly HashSet<string> s_boosters = new(StringComparer.Ordinal) { "very", "so", "really", "extremely", "absolutely", "completely", "totally" };

    /// <summary>Words of anger; negated they say nothing.</summary>
    private static readonly (string[] Words, double Strength)[] s_angry = Entries(
        (1.0, "ridiculous|outrageous|unacceptable|disgusting|disgrace|disgraceful|furious|pathetic|scandal|incompetent|idiots|idiot|stupid|bullshit|damn|bloody hell|fed up|sick of|sick and tired|had enough|thanks for nothing|waste of time|wasting my time|sue you|my lawyer|never again"),
        (0.8, "angry|annoyed|annoying|frustrated|frustrating|terrible|awful|horrible|useless|hopeless|worst|appalling|rubbish|nonsense|a joke|complaint|complain|what is wrong with you|what's wrong with you|are you kidding|are you deaf"),
        (0.5, "disappointed|disappointing|unhappy|upset|third time|fourth time|fifth time|for weeks|for days|for hours|for the last time|how many times|how long do i|still waiting|keep waiting|been waiting|nobody helps|nobody answers|no one answers|you're not listening|you are not listening|you don't listen|you don't understand|doesn't work|does not work|not working|still broken|again and again|over and over|told you already|already told you|i just said|i already said"));

    /// <summary>Words of contentment; negated they turn to anger.</summary>
    private static readonly (string[] Words, double Strength)[] s_kind = Entries(
        (1.0, "wonderful|excellent|perfect|brilliant|fantastic|you're very kind|very kind of you|very helpful|thank you so much|thank you very much|thanks a lot"),
        (0.6, "thank you|thanks|great|lovely|helpful|happy|satisfied|pleased|appreciate|kind|nice|good to know|no problem|no worries|that helps|that's fine"),
        (0.3, "good|fine|sure|all right|alright"));

    /// <summary>Kind words that turn into anger behind a negation: "not helpful" is, "not good to know" is not worth a thought.</summary>
    private static readonly HashSet<string> s_turn = new(StringComparer.Ordinal) { "helpful", "happy", "satisfied", "pleased", "good", "great", "nice", "fine", "kind" };

    public static LexiconReading Read(string text)
    {
        IReadOnlyList<string> words = Words.Split(text);
        var anger = new List<double>();
        var kindness = new List<double>();
        string evidence = "";
        int used = 0; // words before it belong to a phrase that counts already
        for (int at = 0; at < words.Count;)
        {
            bool negated = IsNegated(words, used, at);
            double boost = at > 0 && s_boosters.Contains(words[at - 1]) ? 1.25 : 1;
            if (Longest(s_angry, words, at) is { } angry)
            {
                if (!negated)
                    Count(anger, angry.Strength * boost, angry.Words);
                used = at += angry.Words.Length;
            }
            else if (Longest(s_kind, words, at) is { } kind)
            {
                if (!negated)
                    kindness.Add(kind.Strength * boost);
                else if (kind.Words.Length == 1 && s_turn.Contains(kind.Words[0]))
                    Count(anger, 0.6 * boost, ["not", .. kind.Words]);
                used = at += kind.Words.Length;
            }
            else
                at++;
        }
        return new LexiconReading(Together(anger), Together(kindness), evidence);

        void Count(List<double> signs, double strength, string[] phrase)
        {
            if (signs.Count == 0 || strength > signs.Max())
                evidence = string.Join(' ', phrase);
            signs.Add(strength);
        }
    }

    /// <summary>A negation shortly before, with no more than small words between: "not at all happy", "don't be angry".</summary>
    private static bool IsNegated(IReadOnlyList<string> words, int from, int at)
    {
        bool negated = false;
        for (int i = Math.Max(from, at - NegationReach); i < at; i++)
            negated ^= s_negations.Contains(words[i]) && !(words[i] == "no" && at - i > 1); // "no, this is terrible"
        return negated;
    }

    private static (string[] Words, double Strength)? Longest((string[] Words, double Strength)[] entries, IReadOnlyList<string> words, int at)
    {
        (string[] Words, double Strength)? best = null;
        foreach ((string[] phrase, double strength) in entries)
            if (phrase.Length > (best?.Words.Length ?? 0) && at + phrase.Length <= words.Count && Matches(phrase, words, at))
                best = (phrase, strength);
        return best;
    }

    private static bool Matches(string[] phrase, IReadOnlyList<string> words, int at)
    {
        for (int i = 0; i < phrase.Length; i++)
            if (phrase[i] != words[at + i])
                return false;
        return true;
    }

    private static double Together(List<double> signs)
    {
        double sum = 0, share = 1;
        foreach (double sign in signs.OrderDescending())
        {
            sum += sign * share;
            share /= 2;
        }
        return Math.Min(sum, 1);
    }

    private static (string[] Words, double Strength)[] Entries(params (double Strength, string Phrases)[] groups) =>
        [.. groups.SelectMany(group => group.Phrases.Split('|').Select(phrase => (phrase.Split(' '), group.Strength)))];
}
