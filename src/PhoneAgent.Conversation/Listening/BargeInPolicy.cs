using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Conversation.Listening;

public enum BargeInVerdict
{
    /// <summary>Not clear yet.</summary>
    Undecided,
    /// <summary>The agent should stop talking, tentatively.</summary>
    Pause,
    Confirmed,
    Dismissed,
}

/// <summary>Says what speech over the agent means: an interruption, or a cough, an echo, a backchannel. Times in, verdict out.</summary>
public sealed class BargeInPolicy
{
    private readonly BargeInOptions _options;
    private readonly HashSet<string> _backchannels;
    private readonly bool _trustInterims;

    /// <param name="options">Times and words.</param>
    /// <param name="trustInterims">
    /// Interim words are evidence. Not so for a recogniser that fits every sound to a grammar: there only duration and
    /// the final result, which can be a rejection, count.
    /// </param>
    public BargeInPolicy(BargeInOptions options, bool trustInterims)
    {
        _options = options;
        _trustInterims = trustInterims;
        _backchannels = new HashSet<string>(options.Backchannels, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>While the caller is making sounds.</summary>
    /// <param name="voiced">Speech since the onset, pauses left out.</param>
    /// <param name="interim">The words so far.</param>
    public BargeInVerdict WhileSpeaking(TimeSpan voiced, string interim)
    {
        if (_trustInterims && interim.Length > 0)
        {
            bool only = OnlyBackchannels(interim);
            if (!only && voiced >= _options.WordsAfter)
                return BargeInVerdict.Confirmed;
            if (only)
                return voiced >= _options.BackchannelAfter ? BargeInVerdict.Confirmed : Tentative(voiced);
        }
        return voiced >= _options.ConfirmAfter ? BargeInVerdict.Confirmed : Tentative(voiced);
    }

    /// <summary>The caller is silent again and the recogniser is done with what he said.</summary>
    public BargeInVerdict AfterFinal(RecognitionResult final) =>
        final.Outcome == RecognitionOutcome.Recognized && final.Confidence >= _options.MinConfidence && !OnlyBackchannels(final.Text)
            ? BargeInVerdict.Confirmed
            : BargeInVerdict.Dismissed;

    private BargeInVerdict Tentative(TimeSpan voiced) => voiced >= _options.PauseAfter ? BargeInVerdict.Pause : BargeInVerdict.Undecided;

    private bool OnlyBackchannels(string text)
    {
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!_backchannels.Contains(word))
                return false;
        }
        return true;
    }
}
