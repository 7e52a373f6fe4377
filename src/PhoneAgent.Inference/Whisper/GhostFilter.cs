using System.IO.Compression;
using System.Text;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// Takes out what Whisper writes without having heard it. It was trained on subtitles: out of noise it makes their closing
/// words, and where it loses the thread it repeats itself (Koenecke et al. 2024, "Careless Whisper"). Pure.
/// </summary>
internal static class GhostFilter
{
    /// <summary>Text that gzip makes smaller than this part of itself is a repetition; the bound of OpenAI's own decoder.</summary>
    private const double MaxCompression = 2.4;

    /// <summary>Below it the model was guessing; the bound of OpenAI's own decoder.</summary>
    private const double MinLogProbability = -1;

    /// <summary>The fastest talkers say seven or eight.</summary>
    private const double MaxWordsPerSecond = 9;

    private static readonly TimeSpan ShortestWord = TimeSpan.FromMilliseconds(100);

    /// <summary>Nobody says these on the telephone.</summary>
    private static readonly string[] Subtitles =
    [
        "thanks for watching", "thank you for watching", "thank you so much for watching", "please subscribe", "subscribe to my channel",
        "like and subscribe", "don't forget to subscribe", "see you in the next video",
        "subtitles by the amara org community", "transcription by castingwords", "transcribed by otter ai", "captions by", "subtitles by",
        "untertitel der amara org community", "untertitel im auftrag des zdf", "sous titres réalisés para la communauté d amara org",
        "www mooji org",
    ];

    /// <summary>People do say these: they are ghosts only where the voice was too short or the model unsure.</summary>
    private static readonly HashSet<string> Suspects = new(StringComparer.Ordinal)
    {
        "you", "thank you", "thanks", "bye", "bye bye", "see you next time", "okay", "oh", "hmm", "so", "the", "i", "a", "thank you very much", "the end",
    };

    /// <summary>The segments that hold words that were spoken.</summary>
    /// <param name="noSpeech">The model's doubt that there was speech, beyond which an unsure segment is dropped.</param>
    public static IEnumerable<TranscriptSegment> Spoken(Transcript transcript, double noSpeech) =>
        transcript.Segments.Where(segment => segment.Tokens.Count > 0
            && !(segment.NoSpeechProbability > noSpeech && segment.MeanLogProbability < MinLogProbability)
            && !IsRepetition(string.Concat(segment.Tokens.Select(token => token.Text))));

    /// <summary>True when a whole utterance was not said.</summary>
    /// <param name="words">As spoken, without punctuation.</param>
    /// <param name="voiced">How long there was voice.</param>
    /// <param name="probability">The model's for these words.</param>
    /// <param name="prompt">What the model was given as text before: noise makes it repeat that.</param>
    public static bool IsGhost(IReadOnlyList<string> words, TimeSpan voiced, double probability, string prompt)
    {
        var text = string.Join(' ', words);
        if (IsFasterThanSpeech(words, voiced))
            return true;
        if (Suspects.Contains(text))
            return voiced < TimeSpan.FromMilliseconds(160) || probability < 0.5;
        return Array.Exists(Subtitles, ghost => text == ghost || (text.StartsWith(ghost, StringComparison.Ordinal) && words.Count < 12))
            || IsEcho(words, prompt);
    }

    /// <summary>More words than fit into the voice. Holds for expected answers too: the prompt makes them out of a cough.</summary>
    public static bool IsFasterThanSpeech(IReadOnlyList<string> words, TimeSpan voiced) =>
        voiced < ShortestWord || (words.Count > 3 && words.Count > MaxWordsPerSecond * voiced.TotalSeconds);

    /// <summary>Six words in the prompt's own order are no answer: answers are one phrase of it, not several.</summary>
    private static bool IsEcho(IReadOnlyList<string> words, string prompt) =>
        words.Count >= 6 && string.Join(' ', Words.Split(prompt)).Contains(string.Join(' ', words), StringComparison.Ordinal)
        && !prompt.Split('.').Any(phrase => Words.Split(phrase).Count >= words.Count);

    private static bool IsRepetition(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < 64)
            return false; // too short to tell: "seven seven seven seven seven seven seven" is a number
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zip.Write(bytes);
        return bytes.Length / (double)packed.Length > MaxCompression;
    }
}
