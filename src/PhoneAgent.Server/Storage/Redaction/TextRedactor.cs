using System.Text;
using System.Text.RegularExpressions;

namespace PhoneAgent.Server.Storage.Redaction;

/// <summary>Takes out of a text what a record should not keep. Immutable; thread-safe; linear in the length of the text.</summary>
/// <param name="numbers">Telephone and card numbers, any long number, written or spoken in English, and e-mail addresses.</param>
/// <param name="profanity">Words to take out; null for none.</param>
internal sealed class TextRedactor(bool numbers, ProfanityList? profanity)
{
    public const string Number = "[number]";
    public const string CardNumber = "[card number]";
    public const string Email = "[e-mail]";
    public const string Profanity = "[…]";

    /// <summary>Shorter numbers are house numbers, prices, years, times.</summary>
    public const int MinDigits = 6;

    // ISO/IEC 7812-1: 8 to 19 digits in the standard, 13 to 19 in use.
    private const int MinCardDigits = 13;
    private const int MaxCardDigits = 19;

    // NonBacktracking: callers and models choose the text.
    private static readonly Regex EmailPattern = new(
        @"[\p{L}\p{N}_.+%-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*|\b[\p{L}\p{N}]+(\s+(dot|underscore|dash|hyphen)\s+[\p{L}\p{N}]+)*\s+at\s+[\p{L}\p{N}]+(\s+(dash|hyphen)\s+[\p{L}\p{N}]+)*(\s+dot\s+[\p{L}\p{N}]+)+\b",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <param name="mayGoOn">What was said may go on in another text: a shorter number at its end counts too.</param>
    public string Redact(string text, bool mayGoOn = false)
    {
        if (numbers)
            text = RedactNumbers(EmailPattern.Replace(text, Email), mayGoOn);
        return profanity is null ? text : profanity.Replace(text, Profanity);
    }

    private static string RedactNumbers(string text, bool mayGoOn)
    {
        StringBuilder? redacted = null;
        int kept = 0;
        foreach (NumberRun run in SpokenNumberRuns.Find(text))
        {
            if (run.Digits.Length < MinDigits && !(mayGoOn && run.MayGoOn))
                continue;
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, kept, StartOf(text, run.Start) - kept).Append(IsCard(run.Digits) ? CardNumber : Number);
            kept = run.End;
        }
        return redacted is null ? text : redacted.Append(text, kept, text.Length - kept).ToString();
    }

    // +44 …, (020) …
    private static int StartOf(string text, int start)
    {
        while (start > 0 && text[start - 1] is '+' or '(')
            start--;
        return start;
    }

    private static bool IsCard(string digits) => digits.Length is >= MinCardDigits and <= MaxCardDigits && PassesLuhn(digits);

    /// <summary>The check digit of ISO/IEC 7812-1, annex B.</summary>
    internal static bool PassesLuhn(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            int doubled = i % 2 == 0 ? digit : digit * 2;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }
}
