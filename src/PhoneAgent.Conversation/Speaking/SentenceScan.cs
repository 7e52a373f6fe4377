namespace PhoneAgent.Conversation.Speaking;

/// <summary>The search for the end of one sentence: goes over its characters once, and stops where more text is needed.</summary>
internal struct SentenceScan
{
    /// <summary>A sentence without an end is cut at a comma or space before this: a model that forgets its full stops still talks.</summary>
    internal const int MaxCharacters = 400;

    /// <summary>A clause needs this much before a voice can say it by itself without sounding cut off; about two seconds of speech.</summary>
    internal const int ClauseAtPunctuation = 25;

    /// <summary>Before "and" or "because" without a comma there is no pause, so more must stand before it.</summary>
    internal const int ClauseAtConjunction = 45;

    /// <summary>A quotation mark that is not closed by then was an inch, or a mistake.</summary>
    private const int LongestQuote = 160;

    private int _at;
    private int _weight;
    private int _lastComma;
    private int _lastSpace;
    private int _quoteSince;
    private char _quote;

    /// <summary>Where the sentence begins.</summary>
    public int Start { get; private set; }

    /// <summary>It is the text's first, and may be cut at a clause.</summary>
    public bool IsFirst { get; private set; }

    public static SentenceScan Begin(int start, bool isFirst) =>
        new() { Start = start, IsFirst = isFirst, _at = start, _lastComma = -1, _lastSpace = -1, _quoteSince = -1 };

    /// <summary>The text before the sentence was taken away.</summary>
    public void MoveBack(int count)
    {
        Start -= count;
        _at -= count;
        _lastComma -= count;
        _lastSpace -= count;
        _quoteSince -= count;
    }

    /// <summary>Finds the end of the sentence; false when it is not there yet, or nothing is left of a complete text.</summary>
    public bool TryNext(ReadOnlySpan<char> text, bool complete, out int end)
    {
        for (; _at < text.Length; Pass(text[_at]))
        {
            Cut cut = Judge(text, complete, out end);
            if (cut == Cut.NeedsMore)
                return false;
            if (cut == Cut.Here)
                return true;
        }
        end = text.Length;
        return complete && Start < text.Length;
    }

    private readonly Cut Judge(ReadOnlySpan<char> text, bool complete, out int end)
    {
        if (_at - Start >= MaxCharacters)
        {
            end = BestOfTooLong(text);
            return Cut.Here;
        }
        bool quoted = _quote != '\0' && _at - _quoteSince <= LongestQuote;
        Cut cut = SentenceRules.EndOfSentence(text, Start, _at, _quote, quoted, complete, out end);
        if (cut != Cut.No || !IsFirst || quoted)
            return cut;
        if (_weight >= ClauseAtPunctuation)
            cut = SentenceRules.EndOfClause(text, _at, complete, out end);
        if (cut == Cut.No && _weight >= ClauseAtConjunction)
            cut = SentenceRules.BeforeConjunction(text, _at, complete, out end);
        return cut;
    }

    private void Pass(char c)
    {
        if (_quote != '\0' && SentenceRules.Closes(_quote, c))
            _quote = '\0';
        else if (SentenceRules.Opens(c) && (_quote == '\0' || _at - _quoteSince > LongestQuote))
            (_quote, _quoteSince) = (c, _at);
        if (c is ',' or '、' or '，' or ':')
            _lastComma = _at;
        else if (char.IsWhiteSpace(c))
            _lastSpace = _at;
        // A Chinese or Japanese character is about as much speech as three Latin ones.
        if (_weight > 0 || !char.IsWhiteSpace(c))
            _weight += c >= '\u2E80' ? 3 : 1;
        _at++;
    }

    private readonly int BestOfTooLong(ReadOnlySpan<char> text)
    {
        if (_lastComma - Start >= MaxCharacters / 4)
            return _lastComma + 1;
        if (_lastSpace - Start >= MaxCharacters / 4)
            return _lastSpace + 1;
        return char.IsLowSurrogate(text[_at]) ? _at - 1 : _at;
    }
}

/// <summary>What is known of a place in a text.</summary>
internal enum Cut
{
    No,
    Here,
    NeedsMore,
}
