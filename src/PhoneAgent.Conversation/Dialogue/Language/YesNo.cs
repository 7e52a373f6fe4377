namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Yes and no in the usual wordings.</summary>
public static class YesNo
{
    private static readonly PhrasePattern[] Yes = Patterns(
        "(yes | yeah | yep | yup | yes yes | aye) [please | sir | ma'am | (that's | that is | it is) [right | correct | fine | it] | i do | i would | i am | sure | do that | correct | right | of course | you (may | can) | go ahead]",
        "(sure | certainly | absolutely | definitely | exactly | of course | correct | right | fine | okay | ok | sounds good | please do | go ahead)",
        "(that's | that is) (right | correct | fine | it | okay)",
        "(that | it) works [for me]",
        "you may",
        "i (do | would | am)");

    private static readonly PhrasePattern[] No = Patterns(
        "(no | nope | nah | no no) [thanks | thank you | sir | ma'am | [that's | that is | it's] (not right | wrong | not correct | incorrect | not it) | i don't | i would not | not really | it isn't | it's not | you (may not | can't | cannot)]",
        "[that's | that is | it's] (not right | wrong | not correct | incorrect | not it)",
        "not (really | now | today | that one | at the moment)",
        "(i don't | don't | no i didn't | i'd rather not | rather not)");

    public static bool TryParse(IReadOnlyList<string> words, out bool yes)
    {
        yes = Array.Exists(Yes, pattern => pattern.IsMatch(words));
        return yes || Array.Exists(No, pattern => pattern.IsMatch(words));
    }

    private static PhrasePattern[] Patterns(params string[] phrases) => [.. phrases.Select(PhrasePattern.Parse)];
}
