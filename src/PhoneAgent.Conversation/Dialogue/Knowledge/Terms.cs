using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>A word as it is compared.</summary>
/// <param name="IsContent">It says what a text is about. Others only tell passages apart that are about the same: "where is your shop".</param>
/// <param name="Asks">It asks for a place, a time or a person: enough of a question by itself ("where are you").</param>
internal readonly record struct Term(string Stem, bool IsContent, bool Asks);

/// <summary>The words of a text as they are compared.</summary>
internal static class Terms
{
    // Function words, and those with which people on the telephone frame a question.
    private static readonly HashSet<string> Stop = new(
        ("""
        a about after again all also am an and any anybody anyone are as at be because been before being both but by can cannot could
        did do does doing don't down during each few for from further get gets getting give go going got had has have having he hello her
        here hers hey hi him his how i i'd i'll i'm i've if in into is isn't it it's its just know let let's like me might more most my
        need no nor not now of off oh okay on once one only or other our ours out over own please possible say says she should so some
        something sorry such sure tell than thank thanks that that's the their theirs them then there there's these they they're thing
        things this those through to too uh um under until up us very want wanted was we we'd we'll we're we've well were what what's
        when where where's which while who who's whom why will with would yeah yes you you'd you'll you're you've your yours
        """).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    /// <summary>Only those that say what the text is about.</summary>
    public static IEnumerable<string> Of(string text) => All(text).Where(term => term.IsContent).Select(term => term.Stem);

    public static IEnumerable<Term> All(string text)
    {
        // Words.Split has a limit meant for what is said in one turn; passages are cut into lines that stay below it.
        foreach (string line in text.Split('\n'))
            foreach (string word in Words.Split(line))
                yield return new Term(EnglishStemmer.Stem(WithoutPossessive(word)), !Stop.Contains(word), word is "where" or "when" or "who" or "where's" or "who's");
    }

    private static string WithoutPossessive(string word) =>
        word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2] : word;
}
