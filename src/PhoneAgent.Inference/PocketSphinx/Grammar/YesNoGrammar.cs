namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>The usual wordings of yes and no, in the phrase syntax.</summary>
internal static class YesNoGrammar
{
    public static readonly string[] Phrases =
    [
        "(yes | yeah | yep | yup) [(it is | i do | i would | that's right | that's correct | that is right | that is correct | correct | exactly | please | you may | you can | go ahead | that's fine)]",
        "(that's | that is) (right | correct)",
        "correct", "right", "sure", "of course", "okay", "absolutely", "exactly", "i do", "i would", "it is", "you may", "go ahead", "that's fine",
        "(no | nope) [(it isn't | it's not | it is not | i don't | that's wrong | that's not right | that is wrong | thanks | thank you | you may not | you can't)]",
        "(that's | that is) (wrong | not right | not correct)",
        "not really", "wrong", "incorrect", "i don't", "it isn't", "it's not",
    ];
}
