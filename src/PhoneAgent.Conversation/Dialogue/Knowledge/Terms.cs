using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>The words of a text that say what it is about, as they are compared.</summary>
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

    public static IEnumerable<string> Of(string text)
    {
        // Words.Split has a limit meant for what is said in one turn; passages are cut into lines that stay below it.
        foreach (string line in text.Split('\n'))
            foreach (string word in Words.Split(line))
                if (!Stop.Contains(word))
                    yield return EnglishStemmer.Stem(WithoutPossessive(word));
    }

    private static string WithoutPossessive(string word) =>
        word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2] : word;
}
