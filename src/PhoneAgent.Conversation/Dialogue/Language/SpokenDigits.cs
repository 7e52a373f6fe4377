using System.Globalization;
using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Numbers read digit by digit: order numbers, telephone numbers.</summary>
public static class SpokenDigits
{
    private static readonly string[] Names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>What people put around a number and that says nothing about it.</summary>
    private static readonly HashSet<string> LeadIns = new(StringComparer.Ordinal)
    {
        "it's", "its", "it", "is", "my", "the", "that's", "that", "this", "order", "number", "phone", "telephone", "digits",
        "sure", "yes", "and", "a", "i", "have", "here", "mine", "call", "me", "on", "at", "under", "dash", "hyphen", "space", "comma", "be", "would",
    };

    /// <summary>"four two, zero seven": commas between groups, so that a voice makes a short pause there.</summary>
    /// <param name="digits">Characters that are not digits are read as nothing, except + ("plus").</param>
    public static string Say(string digits, int groupSize = 2)
    {
        ArgumentNullException.ThrowIfNull(digits);
        var spoken = new StringBuilder();
        int count = 0;
        foreach (char c in digits)
        {
            if (c == '+')
            {
                spoken.Append(spoken.Length > 0 ? " plus" : "plus");
                continue;
            }
            if (!char.IsAsciiDigit(c))
                continue;
            if (spoken.Length > 0)
                spoken.Append(groupSize > 0 && count > 0 && count % groupSize == 0 ? ", " : " ");
            spoken.Append(Names[c - '0']);
            count++;
        }
        return spoken.ToString();
    }

    /// <summary>
    /// Reads digits out of words: "four two oh seven", "double five", "triple nine", "forty two", "two hundred", "4207". Lead-ins
    /// ("it's", "my number is") are skipped; any other word makes it fail, because then it was not a number that was said.
    /// </summary>
    public static bool TryParse(IReadOnlyList<string> words, out string digits) => TryParse(words, skipOthers: false, out digits);

    /// <summary>As <see cref="TryParse(IReadOnlyList{string}, out string)"/>, but takes the digits out of any sentence.</summary>
    public static bool TryExtract(IReadOnlyList<string> words, out string digits) => TryParse(words, skipOthers: true, out digits);

    private static bool TryParse(IReadOnlyList<string> words, bool skipOthers, out string digits)
    {
        ArgumentNullException.ThrowIfNull(words);
        var result = new StringBuilder();
        for (int at = 0; at < words.Count; at++)
        {
            string word = words[at];
            if (IsMultiple(word) && at + 1 < words.Count && Digit(words[at + 1]) is { } repeated)
            {
                result.Append(repeated, word == "double" ? 2 : 3);
                at++;
            }
            else if (Digit(word) is { } digit && !(word == "oh" && IsInterjection(words, at)))
            {
                result.Append(digit);
            }
            else if (word.All(char.IsAsciiDigit))
            {
                result.Append(word);
            }
            else if (SpokenNumbers.TrySmall(words, at, out int number, out int taken))
            {
                result.Append(number);
                at += taken - 1;
            }
            else if (word is "hundred" or "thousand" && result.Length > 0)
            {
                // "Eight hundred five" is read out; with an "and", and nothing more, it is one number.
                int rest = 0;
                if (at + 2 < words.Count && words[at + 1] == "and" && SpokenNumbers.TrySmall(words, at + 2, out int small, out int used)
                    && !(at + 2 + used < words.Count && IsNumber(words[at + 2 + used])))
                    (rest, at) = (small, at + 1 + used);
                result.Append(rest.ToString(word == "hundred" ? "00" : "000", CultureInfo.InvariantCulture));
            }
            else if (!skipOthers && !LeadIns.Contains(word) && !Words.Fillers.Contains(word))
            {
                digits = "";
                return false;
            }
        }
        digits = result.ToString();
        return digits.Length > 0;
    }

    /// <summary>"Oh, it's four two": a zero stands alone or beside other digits.</summary>
    private static bool IsInterjection(IReadOnlyList<string> words, int at) =>
        words.Count > 1 && !(at > 0 && IsNumber(words[at - 1])) && !(at + 1 < words.Count && IsNumber(words[at + 1]));

    private static bool IsNumber(string word) =>
        Digit(word) is not null || IsMultiple(word) || word is "hundred" or "thousand" || char.IsAsciiDigit(word[0]) || SpokenNumbers.TrySmall([word], 0, out _, out _);

    private static bool IsMultiple(string word) => word is "double" or "triple" or "treble";

    private static char? Digit(string word) => word switch
    {
        "oh" or "o" or "nought" or "nil" => '0',
        _ => Array.IndexOf(Names, word) is >= 0 and var index ? (char)('0' + index) : null,
    };
}
