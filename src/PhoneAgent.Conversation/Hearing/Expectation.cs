namespace PhoneAgent.Conversation.Hearing;

/// <summary>
/// What the dialogue expects to hear next, for any engine: a grammar for one that needs it, a bias for one that
/// does not. Also tells endpointing when an answer is complete, and how keys answer.
/// </summary>
public sealed record Expectation
{
    public static readonly Expectation Nothing = new();

    /// <summary>The alternatives. The first match wins.</summary>
    public IReadOnlyList<ExpectedAnswer> Answers { get; init; } = [];

    /// <summary>Words outside <see cref="Answers"/> are welcome too (a message, a name).</summary>
    public bool FreeText { get; init; }

    /// <summary>How keys answer; null when keys mean nothing now.</summary>
    public DtmfExpectation? Dtmf { get; init; }

    /// <summary>How long the caller may stay silent before he is asked again; null: the session's default.</summary>
    public TimeSpan? SilenceTimeout { get; init; }
}

/// <summary>One kind of answer.</summary>
/// <param name="Tag">What the dialogue calls it; comes back in <see cref="RecognitionResult.Tag"/>.</param>
public abstract record ExpectedAnswer(string Tag);

/// <summary>
/// One of some phrases. A phrase is lower-case words with the JSGF signs for grouping and nothing else of JSGF:
/// <c>(a | b)</c> alternatives, <c>[a]</c> optional. Example: <c>[when] are you open [on (saturday | sunday)]</c>.
/// </summary>
public sealed record PhraseAnswer(string Tag, IReadOnlyList<string> Phrases) : ExpectedAnswer(Tag);

/// <summary>Digits spoken one by one ("four two oh seven", also "double five"); an optional lead-in such as "it's" is the engine's business.</summary>
public sealed record DigitsAnswer(string Tag, int MinDigits, int MaxDigits) : ExpectedAnswer(Tag);

/// <summary>Yes or no in the usual wordings.</summary>
public sealed record YesNoAnswer(string Tag) : ExpectedAnswer(Tag);

/// <summary>A day: "today", "tomorrow", "next monday", "the fifth of may", "may fifth".</summary>
public sealed record DateAnswer(string Tag) : ExpectedAnswer(Tag);

/// <summary>A time of day: "at nine", "half past two", "three thirty p m".</summary>
public sealed record TimeAnswer(string Tag) : ExpectedAnswer(Tag);

/// <param name="MaxDigits">The answer is complete with this many keys.</param>
/// <param name="Terminator">A key that ends the answer early, or null.</param>
/// <param name="InterDigitTimeout">Silence after a key that ends the answer.</param>
public sealed record DtmfExpectation(int MaxDigits, char? Terminator, TimeSpan InterDigitTimeout);
