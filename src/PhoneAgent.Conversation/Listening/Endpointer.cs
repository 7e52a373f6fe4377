using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Listening;

/// <summary>
/// Says how much silence ends the caller's turn: little when the words are a complete answer, much when they are
/// plainly unfinished, and never less than this caller's own pauses ask for. Times in, decision out; no clock.
/// </summary>
public sealed class Endpointer(EndpointingOptions options)
{
    private const int PauseMemory = 8;

    private static readonly HashSet<string> UnfinishedWords = new(StringComparer.Ordinal)
    {
        "um", "uh", "er", "hmm", "and", "but", "so", "or", "because", "the", "a", "an", "to", "for", "is", "my", "with", "of", "at",
        "on", "number", "it's", "i'm", "i", "would", "like", "about",
    };

    private static readonly HashSet<string> DigitWords = new(StringComparer.Ordinal)
    {
        "oh", "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple",
    };

    private readonly Queue<TimeSpan> _pauses = new();
    private double _patience = 1;

    /// <summary>The silence that ends the turn, and the rule that says so.</summary>
    /// <param name="result">The latest interim result or probe; null when there is none.</param>
    /// <param name="expectation">What the dialogue expects.</param>
    public EndpointDecision Decide(RecognitionResult? result, Expectation expectation)
    {
        string text = result?.Text ?? "";
        if (text.Length == 0)
            return new(Patient(options.Base), "no-words");
        if (ReadsDigits(text, expectation))
            return new(options.Incomplete, "digits-unfinished");
        if (result!.IsCompleteAnswer)
            return new(options.CompleteAnswer * Math.Min(_patience, 1.5), "complete-answer");
        string last = text[(text.LastIndexOf(' ') + 1)..];
        if (UnfinishedWords.Contains(last))
            return new(options.Incomplete, "unfinished");
        return new(Patient(options.Base), "base");
    }

    /// <summary>The caller went on after a pause of this length inside his turn.</summary>
    public void PauseEnded(TimeSpan pause)
    {
        _pauses.Enqueue(pause);
        if (_pauses.Count > PauseMemory)
            _pauses.Dequeue();
    }

    /// <summary>The caller went on right after we took his turn: we were too quick for him.</summary>
    public void CutIn() => _patience = Math.Min(1.6, _patience * 1.25);

    /// <summary>The caller is in the middle of a number: some digits are an answer too, but more of them fit.</summary>
    private static bool ReadsDigits(string text, Expectation expectation)
    {
        int most = 0;
        foreach (ExpectedAnswer answer in expectation.Answers)
            most = answer is DigitsAnswer digits ? Math.Max(most, digits.MaxDigits) : most;
        if (most == 0)
            return false;
        int count = 0;
        bool endsWithDigit = false;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            endsWithDigit = DigitWords.Contains(word);
            // "double five" counts two: one for each word. "triple five" lacks one, which only makes us more patient.
            count += endsWithDigit ? 1 : 0;
        }
        return endsWithDigit && count < most;
    }

    private TimeSpan Patient(TimeSpan silence)
    {
        TimeSpan longest = _pauses.Count == 0 ? TimeSpan.Zero : _pauses.Max();
        TimeSpan own = longest * 1.15;
        TimeSpan patient = silence * _patience;
        return own > patient ? (own < options.Incomplete ? own : options.Incomplete) : patient;
    }
}

/// <summary>How much silence ends the turn.</summary>
/// <param name="Silence">After the last voiced sample.</param>
/// <param name="Rule">A short name for the timeline.</param>
public readonly record struct EndpointDecision(TimeSpan Silence, string Rule);
