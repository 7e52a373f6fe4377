using System.Text.Json;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

/// <param name="Confidence">The model's own, 0–1; null when the server tells none.</param>
/// <param name="Language">BCP 47 tag; null when the server does not tell, or calls it by a name that is not known here.</param>
internal sealed record ServerTranscript(string Text, double? Confidence, string? Language)
{
    // The bounds of OpenAI's own decoder: more doubtful than both is no speech.
    private const double NoSpeech = 0.6;
    private const double MinLogProbability = -1;

    /// <summary>Whisper calls languages by their English names.</summary>
    private static readonly Dictionary<string, string> LanguageNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["english"] = "en", ["german"] = "de", ["french"] = "fr", ["spanish"] = "es", ["italian"] = "it", ["portuguese"] = "pt", ["dutch"] = "nl",
        ["polish"] = "pl", ["czech"] = "cs", ["danish"] = "da", ["swedish"] = "sv", ["norwegian"] = "no", ["finnish"] = "fi", ["hungarian"] = "hu",
        ["romanian"] = "ro", ["greek"] = "el", ["turkish"] = "tr", ["russian"] = "ru", ["ukrainian"] = "uk", ["arabic"] = "ar", ["hebrew"] = "he",
        ["hindi"] = "hi", ["japanese"] = "ja", ["korean"] = "ko", ["chinese"] = "zh", ["vietnamese"] = "vi", ["indonesian"] = "id", ["catalan"] = "ca",
    };

    /// <summary>Reads <c>json</c>, <c>verbose_json</c> and the last event of a stream. Null: it has no text in it.</summary>
    public static ServerTranscript? Read(JsonElement answer)
    {
        if (answer.Text("text") is not { } text)
            return null;
        var segments = answer.Field("segments").Items().Where(segment => segment.Number("avg_logprob") is not null).ToList();
        if (segments.Count > 0)
        {
            var spoken = segments.Where(segment => !(segment.Number("no_speech_prob") > NoSpeech && segment.Number("avg_logprob") < MinLogProbability)).ToList();
            if (spoken.Count < segments.Count)
                text = string.Concat(spoken.Select(segment => segment.Text("text")));
            return new ServerTranscript(text, ConfidenceOf(spoken), LanguageOf(answer));
        }
        return new ServerTranscript(text, ConfidenceOfTokens(answer.Field("logprobs")), LanguageOf(answer));
    }

    /// <summary>The geometric mean over all tokens; longer segments have more of them.</summary>
    private static double ConfidenceOf(List<JsonElement> segments)
    {
        double sum = 0, weights = 0;
        foreach (var segment in segments)
        {
            double weight = Math.Max(1, segment.Text("text")?.Length ?? 0);
            sum += weight * segment.Number("avg_logprob")!.Value;
            weights += weight;
        }
        return weights == 0 ? 0 : Math.Clamp(Math.Exp(sum / weights), 0, 1);
    }

    private static double? ConfidenceOfTokens(JsonElement tokens)
    {
        var logs = tokens.Items().Select(token => token.Number("logprob")).OfType<double>().ToList();
        return logs.Count == 0 ? null : Math.Clamp(Math.Exp(logs.Average()), 0, 1);
    }

    private static string? LanguageOf(JsonElement answer) => answer.Text("language") is not { } name ? null
        : name.Length is 2 or 3 ? name.ToLowerInvariant()
        : LanguageNames.GetValueOrDefault(name);
}
