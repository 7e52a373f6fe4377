using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Escalation;

/// <summary>What the words of one turn say.</summary>
/// <param name="Anger">0–1.</param>
/// <param name="Kindness">0–1.</param>
/// <param name="Evidence">The phrase that weighed most; empty when there was none. Personal data.</param>
public readonly record struct LexiconReading(double Anger, double Kindness, string Evidence);

/// <summary>
/// Reads anger and kindness out of words: phrases with strengths, with negation ("not happy" is angry, "not angry" is
/// nothing), and with the thanks that are not meant so ("oh great") counting as nothing at all. The strongest phrase counts, each further one half of the one before, so that a flood of words stays below 1.
/// English; immutable.
/// </summary>
public static class FrustrationLexicon
{
    private const int NegationReach = 3;
    private const int MaxAnyWords = 5;
    private const string AnyWords = "*";

    private static readonly HashSet<string> s_negations = new(StringComparer.Ordinal)
    {
        "not", "no", "never", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "can't", "cannot", "won't", "wouldn't", "hardly", "without",
    };

    private static readonly HashSet<string> s_boosters = new(StringComparer.Ordinal) { "very", "so", "really", "extremely", "absolutely", "completely", "totally" };

    /// <summary>In front of a kind word they make one doubt that it is meant so: "oh great", "how kind", "just wonderful".</summary>
    private static readonly HashSet<string> s_doubts = new(StringComparer.Ordinal) { "oh", "how", "just", "yeah" };

    /// <summary>What is angry whatever stands before it: swearing, and phrases with a "not" of their own.</summary>
    private static readonly (string[] Words, double Strength)[] s_always = Entries(
        (1.0, """
            fuck|fucking|shit|shitty|bullshit|crap|goddamn|damn it|bloody hell|what the hell|go to hell|screw you|asshole|shut up|thanks for nothing|
            for fuck's sake|for god's sake|for heaven's sake|for christ's sake|for pity's sake|for goodness sake
            """),
        (0.8, """
            damn|bloody|don't want to talk to you|don't want to talk to a * robot|don't want to talk to a * machine|don't want to talk to a * computer|
            you're not listening|you are not listening|you don't listen|you never listen|stop talking|let me finish|let me speak
            """),
        (0.5, """
            can't you understand|don't you understand|you don't understand|you don't get it|doesn't work|does not work|don't work|do not work|not working|
            can't believe|no no no
            """));

    /// <summary>Words of anger; negated they say nothing. A star stands for up to five words.</summary>
    private static readonly (string[] Words, double Strength)[] s_angry = Entries(
        (1.0, """
            ridiculous|outrageous|unacceptable|disgusting|disgrace|disgraceful|furious|pathetic|scandal|incompetent|idiots|idiot|stupid|how dare you|
            fed up|sick of|sick and tired|had enough|had it with|waste of time|waste * time|wasting my time|
            sue you|my lawyer|a lawyer|my solicitor|never again|never * from you again|lying to me|you lied|you are lying|you're lying|scam|rip off|ripped off
            """),
        (0.8, """
            angry|annoyed|annoying|frustrated|frustrating|terrible|awful|horrible|useless|hopeless|worst|appalling|rubbish|nonsense|a joke|
            complaint|complain|what is wrong with you|what's wrong with you|are you kidding|are you deaf|are you stupid|
            listen to me|will you listen|are you * listening|talking to a * robot|talking to a * machine|i give up|you promised|you people
            """),
        (0.5, """
            disappointed|disappointing|unhappy|upset|second time|third time|fourth time|fifth time|for weeks|for days|for hours|for an hour|for months|
            for the last time|how many times|how often * have to|how long do i|still waiting|keep waiting|been waiting|
            nobody helps|nobody answers|no one answers|nobody * calls|nobody called|no one called|nobody cares|nobody listens|called * times|rang * times|asked * times|
            still broken|again and again|over and over|told you already|already told you|told * already|told you * times|i just said|i already said|
            you said that|that's what you said|what you said last time|every time i|money back|you never|stop it|come on
            """));

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
            if (Longest(s_always, words, at) is { } always)
            {
                Count(anger, always.Strength * boost, always.Words);
                used = at += always.Length;
            }
            else if (Longest(s_angry, words, at) is { } angry)
            {
                if (!negated)
                    Count(anger, angry.Strength * boost, angry.Words);
                used = at += angry.Length;
            }
            else if (Longest(s_kind, words, at) is { } kind)
            {
                if (negated && kind.Length == 1 && s_turn.Contains(kind.Words[0]))
                    Count(anger, 0.6 * boost, ["not", .. kind.Words]);
                else if (!negated && !(at > 0 && s_doubts.Contains(words[at - 1])))
                    kindness.Add(kind.Strength * boost);
                used = at += kind.Length;
            }
            else
                at++;
        }
        // Thanks among angry words are none.
        double angerInAll = Together(anger);
        return new LexiconReading(angerInAll, Together(kindness) * (1 - angerInAll), evidence);

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

    private static (string[] Words, double Strength, int Length)? Longest((string[] Words, double Strength)[] entries, IReadOnlyList<string> words, int at)
    {
        (string[] Words, double Strength, int Length)? best = null;
        foreach ((string[] phrase, double strength) in entries)
            if (LengthOf(phrase, words, at) is var length && length > (best?.Length ?? 0))
                best = (phrase, strength, length);
        return best;
    }

    /// <summary>How many words a phrase takes from here on; 0 when they are others.</summary>
    private static int LengthOf(ReadOnlySpan<string> phrase, IReadOnlyList<string> words, int at)
    {
        for (int i = 0; i < phrase.Length; i++)
        {
            if (phrase[i] == AnyWords)
            {
                for (int skipped = 0; skipped <= MaxAnyWords; skipped++)
                    if (LengthOf(phrase[(i + 1)..], words, at + i + skipped) is > 0 and var rest)
                        return i + skipped + rest;
                return 0;
            }
            if (at + i >= words.Count || phrase[i] != words[at + i])
                return 0;
        }
        return phrase.Length;
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
        [.. groups.SelectMany(group => group.Phrases.Split('|', StringSplitOptions.TrimEntries).Select(phrase => (phrase.Split(' '), group.Strength)))];
}
