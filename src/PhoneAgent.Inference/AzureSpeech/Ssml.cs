using System.Globalization;
using System.Text;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>
/// Writes a sentence as the SSML that Azure documents. Loudness is not in it: the service's volume scale is not in dB, so the
/// samples are scaled instead. Nor is the silence before the first word: multilingual voices ignore it, so it is cut off the
/// samples. Pure.
/// </summary>
internal static class Ssml
{
    private const string Fallback = "en-US";

    /// <summary>The text as it can be spoken: characters that XML forbids are left out; empty when nothing is left to say.</summary>
    public static string Speakable(string text, int maxCharacters)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxCharacters));
        var hasWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == Rune.ReplacementChar.Value || (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t' or '\r')) || rune.Value is 0xFFFE or 0xFFFF)
                continue;
            if (clean.Length + rune.Utf16SequenceLength > maxCharacters)
                break;
            clean.Append(rune);
            hasWord |= Rune.IsLetterOrDigit(rune);
        }
        return hasWord ? clean.ToString() : "";
    }

    /// <param name="text">What <see cref="Speakable"/> made.</param>
    /// <param name="voice">The service's name of it; begins with its locale.</param>
    public static string Write(SynthesisRequest request, string text, string voice)
    {
        var locale = LocaleOf(voice);
        var ssml = new StringBuilder();
        ssml.Append("<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xmlns:mstts=\"https://www.w3.org/2001/mstts\" xml:lang=\"")
            .Append(locale).Append("\"><voice name=\"").Append(Escape(voice)).Append("\">");
        var closing = new Stack<string>();
        if (Token(request.Style) is { } style)
            Open(ssml, closing, "mstts:express-as", $"style=\"{style}\"");
        var rate = Math.Clamp(request.Rate, 0.5, 2);
        // The documentation forbids <lang> together with <prosody>; being understood matters more than the pace.
        if (Token(request.Language) is { } language && !language.Equals(locale, StringComparison.OrdinalIgnoreCase))
            Open(ssml, closing, "lang", $"xml:lang=\"{language}\"");
        else if (Math.Abs(rate - 1) > 0.005)
            Open(ssml, closing, "prosody", string.Create(CultureInfo.InvariantCulture, $"rate=\"{rate:0.##}\""));
        ssml.Append(Escape(text));
        while (closing.TryPop(out var element))
            ssml.Append("</").Append(element).Append('>');
        return ssml.Append("</voice></speak>").ToString();
    }

    /// <summary>"en-US" of "en-US-AvaMultilingualNeural"; voices without one speak English.</summary>
    public static string LocaleOf(string voice)
    {
        var parts = voice.Split('-');
        return parts.Length > 2 && parts[0].Length is 2 or 3 && Token($"{parts[0]}-{parts[1]}") is { } locale ? locale : Fallback;
    }

    private static void Open(StringBuilder ssml, Stack<string> closing, string element, string attribute)
    {
        ssml.Append('<').Append(element).Append(' ').Append(attribute).Append('>');
        closing.Push(element);
    }

    /// <summary>Names of styles and languages are letters, digits and hyphens; anything else comes from a mistake or a model and is left out.</summary>
    private static string? Token(string? name) =>
        name is { Length: > 0 and <= 40 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? name : null;

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
}
