using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Inference.OpenAiCompatible.Hearing;
using PhoneAgent.Inference.OpenAiCompatible.Speaking;

namespace PhoneAgent.Server.Options;

/// <summary>The keys of a provider of kind openai: any server with OpenAI's interface. One entry a model.</summary>
public sealed record OpenAiSettings
{
    /// <summary>The root of the interface, e.g. http://127.0.0.1:11434/v1.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>As the server calls it; Azure: the deployment.</summary>
    public required string Model { get; init; }

    /// <summary>The header that carries the key: Authorization, as a bearer, or api-key, as Azure has it.</summary>
    public string KeyHeader { get; init; } = "Authorization";

    /// <summary>More headers of every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>More fields of every request for words or speech, each JSON or plain text, e.g. reasoning_effort: low.</summary>
    public IReadOnlyDictionary<string, string> Body { get; init; } = new Dictionary<string, string>();

    /// <summary>Asks a language model for the count of tokens. Off only for an old server that refuses stream_options.</summary>
    public bool AsksForUsage { get; init; } = true;

    /// <summary>The newer name of a limit of tokens; null: for OpenAI and Azure only.</summary>
    public bool? UsesMaxCompletionTokens { get; init; }

    /// <summary>Where recordings go, below the root; whisper.cpp's own server has inference.</summary>
    public string TranscriptPath { get; init; } = "audio/transcriptions";

    /// <summary>Null: plain JSON for OpenAI's gpt-4o family, verbose JSON, which has the model's doubts, for all else.</summary>
    public TranscriptFormat? TranscriptFormat { get; init; }

    /// <summary>Asks for the text of a recording while it is made.</summary>
    public bool TranscriptStreams { get; init; }

    /// <summary>While the caller speaks, what he said so far is sent so often; 0: only at pauses.</summary>
    public TimeSpan InterimEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What is expected goes along with a recording as a prompt.</summary>
    public bool SendsPrompt { get; init; } = true;

    /// <summary>Lets the server find out the caller's language instead of telling it.</summary>
    public bool DetectsLanguage { get; init; }

    /// <summary>0–1; of words whose server tells no doubts.</summary>
    public double UsualConfidence { get; init; } = 0.8;

    /// <summary>Words that are less sure are refused, 0–1.</summary>
    public double RejectBelow { get; init; } = 0.3;

    /// <summary>What is said beyond is not heard.</summary>
    public TimeSpan MaxUtterance { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Of a provider that speaks: the voice when an agent names none. Others are named in voices.</summary>
    public string? Voice { get; init; }

    /// <summary>BCP 47 tag of what the voices speak.</summary>
    public string Language { get; init; } = "en-US";

    /// <summary>Pcm, or wav for a server that knows no other.</summary>
    public SpeechFormat SpeechFormat { get; init; } = SpeechFormat.Pcm;

    /// <summary>In Hz, of bare samples.</summary>
    public int SampleRate { get; init; } = 24_000;

    /// <summary>How the voice is to speak, for models that take instructions.</summary>
    public string? Instructions { get; init; }

    /// <summary>A style that an agent asks for becomes an instruction; null: for OpenAI's gpt-4o family.</summary>
    public bool? TakesStyle { get; init; }

    /// <summary>Longer texts are spoken up to here.</summary>
    public int MaxCharacters { get; init; } = 4_000;

    internal OpenAiChatOptions ForChat(OpenAiServer server) => new(server, Model)
    {
        AsksForUsage = AsksForUsage,
        UsesMaxCompletionTokens = UsesMaxCompletionTokens,
        Body = Body,
    };

    internal OpenAiTranscriptionOptions ForHearing(OpenAiServer server) => new(server, Model)
    {
        Path = TranscriptPath,
        Format = TranscriptFormat,
        Streams = TranscriptStreams,
        InterimEvery = InterimEvery,
        SendsPrompt = SendsPrompt,
        DetectsLanguage = DetectsLanguage,
        UsualConfidence = UsualConfidence,
        RejectBelow = RejectBelow,
        MaxUtterance = MaxUtterance,
    };

    /// <param name="voice">The usual voice.</param>
    /// <param name="voices">Others that agents may ask for.</param>
    internal OpenAiSpeechOptions ForSpeaking(OpenAiServer server, string voice, IEnumerable<string> voices) => new(server, Model, voice)
    {
        Voices = [.. voices],
        Language = Language,
        Format = SpeechFormat,
        SampleRate = SampleRate,
        Instructions = Instructions,
        TakesStyle = TakesStyle,
        Body = Body,
        MaxCharacters = MaxCharacters,
    };

    internal IEnumerable<string> Problems()
    {
        if (!string.IsNullOrEmpty(BaseUrl) && (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https")))
            yield return $"base_url: '{BaseUrl}' is no address such as http://127.0.0.1:11434/v1.";
        foreach (string header in Headers.Keys.Append(KeyHeader).Where(h => h.Length == 0 || h.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
            yield return $"headers: '{header}' is no name of a header.";
        if (UsualConfidence is not (>= 0 and <= 1))
            yield return $"usual_confidence: {UsualConfidence} is not within 0–1.";
        if (RejectBelow is not (>= 0 and <= 1))
            yield return $"reject_below: {RejectBelow} is not within 0–1.";
        if (SampleRate is < 8_000 or > 48_000)
            yield return $"sample_rate: {SampleRate} Hz is not within 8000 to 48000.";
        if (MaxCharacters < 100)
            yield return $"max_characters: {MaxCharacters} is less than a sentence.";
    }
}
