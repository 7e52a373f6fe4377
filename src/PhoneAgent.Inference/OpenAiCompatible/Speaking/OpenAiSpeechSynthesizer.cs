using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Speaking;

/// <summary>Speaks by <c>POST /audio/speech</c>; the samples are passed on as they come over the wire. Thread-safe.</summary>
public sealed class OpenAiSpeechSynthesizer : ISpeechSynthesizer
{
    /// <summary>An answer longer than any speaker would need has gone wrong.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10), LongestPerCharacter = TimeSpan.FromSeconds(1);

    private readonly OpenAiSpeechOptions options;
    private readonly ServerConnection connection;

    /// <exception cref="ArgumentException">The base address or a header cannot be used; the message names the provider.</exception>
    public OpenAiSpeechSynthesizer(OpenAiSpeechOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        connection = new ServerConnection(options.Server, time);
        Voices = [.. options.Voices.Prepend(options.Voice).Distinct(StringComparer.Ordinal).Select(voice => new VoiceInfo(voice, options.Language, $"{voice} of {Name}"))];
    }

    public string Name => options.Server.Name;

    public IReadOnlyList<VoiceInfo> Voices { get; }

    /// <inheritdoc/>
    /// <exception cref="ProviderException">The server failed; what came before may be played.</exception>
    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        string voice = VoiceOf(request);
        string text = SpeechRequest.Clean(request.Text, options.MaxCharacters);
        if (!text.Any(char.IsLetterOrDigit))
            yield break;
        using var message = new HttpRequestMessage(HttpMethod.Post, connection.Address("audio/speech"));
        message.Content = new ByteArrayContent(SpeechRequest.Write(request, text, voice, options));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await connection.SendAsync(message, $"voice '{voice}' of model '{options.Model}'", cancellationToken).ConfigureAwait(false);
        CheckType(response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var speech = new SpeechStream(options, request.GainDb, LongestStart + text.Length * LongestPerCharacter);
        var buffer = new byte[8 * 1024];
        int read;
        do
        {
            read = await ReadAsync(body, buffer, cancellationToken).ConfigureAwait(false);
            if (!speech.TryPush(buffer.AsSpan(0, read), isEnd: read == 0, out string? error))
                throw connection.Failures.Bad(error);
            while (speech.TryTake(out var chunk))
                yield return chunk;
        }
        while (read > 0);
    }

    /// <summary>Opens a connection and shows whether the server answers and takes the key.</summary>
    /// <exception cref="ProviderException">It does not.</exception>
    public Task WarmUpAsync(CancellationToken cancellationToken) => connection.GetModelsAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private string VoiceOf(SynthesisRequest request)
    {
        string voice = request.Voice ?? options.Voice;
        if (options.Voices.Count > 0 && voice != options.Voice && !options.Voices.Contains(voice))
            throw new EngineException($"{Name} has no voice '{voice}': it has {string.Join(", ", Voices.Select(known => known.Id))}.");
        return voice;
    }

    private void CheckType(string? type)
    {
        bool isRaw = type is null or "application/octet-stream" or "audio/pcm" or "audio/l16" or "audio/x-pcm" or "audio/raw"
            or "audio/wav" or "audio/wave" or "audio/x-wav" or "audio/vnd.wave";
        if (isRaw)
            return;
        throw connection.Failures.Bad(type switch
        {
            "application/json" => "answered with JSON instead of sound",
            "text/html" => "answered with a web page: base_url must be the root of its API, usually ending in /v1",
            { } other when SpeechRequest.IsPrintable(other) => $"answered with {type}, though {SpeechRequest.NameOf(options.Format)} was asked for: set the other format, wav or pcm, if the server knows it",
            _ => "answered with something that is no sound",
        });
    }

    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (connection.Failures.TryTranslate(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }
}
