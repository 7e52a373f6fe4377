using System.Text;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// How long a voice takes for a text at its normal rate, from its syllables and pauses. An estimate, on the long side: it is for
/// what must not be longer than so much.
/// </summary>
public static class SpeakingTime
{
    // Fitted to flite's slt and eSpeak NG, which take a tenth less or so (the times are in SpeakingTimeTests).
    private const double SyllablesPerSecond = 4.7;
    private const double SecondsPerStop = 0.25;
    private const double SecondsPerComma = 0.1;

    public static TimeSpan Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        double syllables = 0;
        int stops = 0, commas = 0;
        bool inVowel = false;
        foreach (Rune rune in text.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.NonSpacingMark)
                continue;
            bool isVowel = "aeiouyäöüæøœıаеиоуыэюяіїαεηιουω".Contains(char.ToLowerInvariant((char)Math.Min(rune.Value, char.MaxValue)), StringComparison.Ordinal);
            if (isVowel && !inVowel)
                syllables++;
            inVowel = isVowel;
            if (Rune.IsDigit(rune))
                syllables += 1.5;
            else if (rune.Value >= 0x0590 && Rune.IsLetter(rune) && !isVowel)
                syllables += rune.Value >= 0x2E80 ? 1 : 0.5; // a sign a syllable; alphabets that leave vowels out
            else if (rune.Value is '.' or '!' or '?' or ';' or ':' or '。' or '！' or '？')
                stops++;
            else if (rune.Value is ',' or '、' or '，' or '–' or '—')
                commas++;
        }
        return TimeSpan.FromSeconds(syllables / SyllablesPerSecond + stops * SecondsPerStop + commas * SecondsPerComma);
    }
}
