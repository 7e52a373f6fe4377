using System.Buffers;
using System.Text;
using System.Text.Json;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Speaking;

/// <summary>Writes the body of <c>POST /audio/speech</c>. Pure.</summary>
internal static class SpeechRequest
{
    public static byte[] Write(SynthesisRequest request, string text, string voice, OpenAiSpeechOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + text.Length);
        using (var json = new Utf8JsonWriter(buffer, Json.Writing))
        {
            json.WriteStartObject();
            json.WriteString("model", options.Model);
            json.WriteString("input", text);
            json.WriteString("voice", voice);
            json.WriteString("response_format", NameOf(options.Format));
            double rate = Math.Round(Math.Clamp(request.Rate, 0.25, 4), 2);
            if (rate != 1)
                json.WriteNumber("speed", rate);
            if (Instructions(request, options) is { Length: > 0 } instructions)
                json.WriteString("instructions", instructions);
            json.WriteFields(options.Body);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static string NameOf(SpeechFormat format) => format == SpeechFormat.Wav ? "wav" : "pcm";

    /// <summary>Without control characters and halves of surrogate pairs.</summary>
    public static string Clean(string text, int maxCharacters)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxCharacters));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= maxCharacters)
                break;
            clean.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar ? " " : rune.ToString());
        }
        return clean.ToString().Trim();
    }

    public static bool IsPrintable(string type) => type.Length < 60 && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '+');

    private static string Instructions(SynthesisRequest request, OpenAiSpeechOptions options)
    {
        bool takesStyle = options.TakesStyle ?? options.Model.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase);
        string style = takesStyle && request.Style is { Length: > 0 } asked ? $"Tone: {asked}." : "";
        return $"{options.Instructions} {style}".Trim();
    }
}
