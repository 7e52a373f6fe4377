namespace PhoneAgent.Conversation.Answering;

/// <summary>Wordings of greetings and announcements, lower case.</summary>
public static class AnswerPhrases
{
    public static readonly IReadOnlyList<string> Machine =
    [
        "leave a message", "leave your message", "leave me a message", "leave us a message", "leave your name", "record your message", "after the tone", "after the beep",
        "at the tone", "at the beep", "you have reached", "you've reached", "not available", "unavailable", "can't take your call", "cannot take your call", "can't come to the phone",
        "unable to take your call", "unable to answer", "can't answer", "voicemail", "voice mail", "mailbox", "call you back as soon", "get back to you as soon", "return your call",
        "your call has been forwarded", "this is a recording", "our office is closed", "our office hours",
    ];

    public static readonly IReadOnlyList<string> Person =
    [
        "how can i help", "how may i help", "can i help you", "what can i do for you", "who is this", "who's this", "who is calling", "who's calling", "how can i direct your call",
        "how may i direct your call",
    ];

    public static readonly IReadOnlyList<string> NotInService =
    [
        "not in service", "no longer in service", "has been disconnected", "number you have dialed", "number you have dialled", "number you dialed", "number you dialled",
        "cannot be completed as dialed", "cannot be completed as dialled", "has not been recognised", "has not been recognized", "number is not valid", "does not exist",
    ];

    /// <summary>The first of the phrases, ours or the configuration's, that stands in the text as whole words; null for none.</summary>
    internal static string? Find(string text, IReadOnlyList<string> ours, IReadOnlyList<string> more) => Find(text, ours) ?? Find(text, more);

    private static string? Find(string text, IReadOnlyList<string> phrases)
    {
        foreach (string phrase in phrases)
            for (int at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(phrase, at + 1, StringComparison.OrdinalIgnoreCase))
                if ((at == 0 || !char.IsLetter(text[at - 1])) && (at + phrase.Length == text.Length || !char.IsLetter(text[at + phrase.Length])))
                    return phrase;
        return null;
    }
}
