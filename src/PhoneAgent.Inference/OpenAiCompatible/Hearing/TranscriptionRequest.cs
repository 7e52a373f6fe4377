using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

/// <summary>One upload and its answer.</summary>
internal sealed class TranscriptionRequest(ServerConnection connection, OpenAiTranscriptionOptions options)
{
    /// <summary>A minute of speech is a few kilobytes, with all its numbers some hundreds.</summary>
    private const int MaxAnswerBytes = 4 << 20;

    /// <param name="onText">Gets the text so far, where the server streams it.</param>
    /// <exception cref="ProviderException">It failed.</exception>
    public async Task<ServerTranscript> SendAsync(ReadOnlyMemory<float> samples, RecognitionRequest request, string prompt, Action<string> onText, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, connection.Address(options.Path)) { Content = Form(samples, request, prompt) };
        using var response = await connection.SendAsync(message, $"model '{options.Model}'", cancellationToken).ConfigureAwait(false);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return response.Content.Headers.ContentType?.MediaType switch
            {
                "text/event-stream" => await ReadEventsAsync(stream, onText, cancellationToken).ConfigureAwait(false),
                "text/plain" => new ServerTranscript(Encoding.UTF8.GetString(await ReadAsync(stream, cancellationToken).ConfigureAwait(false)), null, null),
                "text/html" => throw connection.Failures.Bad("answered with a web page: base_url must be the root of its API, usually ending in /v1"),
                _ => ReadWhole(await ReadAsync(stream, cancellationToken).ConfigureAwait(false)),
            };
        }
        catch (Exception e) when (connection.Failures.TryTranslate(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    private MultipartFormDataContent Form(ReadOnlyMemory<float> samples, RecognitionRequest request, string prompt)
    {
        string boundary = $"phoneagent{Guid.NewGuid():N}";
        var form = new MultipartFormDataContent(boundary);
        // Small servers read neither a boundary nor a name by more than the letter.
        form.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        Add("model", options.Model);
        Add("response_format", options.UsedFormat == TranscriptFormat.VerboseJson ? "verbose_json" : "json");
        Add("temperature", 0.ToString(CultureInfo.InvariantCulture));
        if (!options.DetectsLanguage && request.Language.Length >= 2)
            Add("language", request.Language.Split('-')[0]);
        if (prompt.Length > 0)
            Add("prompt", prompt);
        if (options.Streams)
            Add("stream", "true");
        if (options.IsGpt)
            Add("include[]", "logprobs");
        var audio = new WavContent(samples);
        audio.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = "\"speech.wav\"" };
        form.Add(audio);
        return form;

        void Add(string name, string value)
        {
            var field = new StringContent(value);
            field.Headers.ContentType = null;
            field.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"" };
            form.Add(field);
        }
    }

    private Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken) => connection.ReadAllAsync(stream, MaxAnswerBytes, cancellationToken);

    private ServerTranscript ReadWhole(byte[] bytes)
    {
        using var json = JsonDocument.Parse(bytes);
        ThrowIfError(json.RootElement);
        return ServerTranscript.Read(json.RootElement) ?? throw connection.Failures.Bad("answered without a text");
    }

    /// <summary>OpenAI's events, or a text for each segment as older servers send it.</summary>
    private async Task<ServerTranscript> ReadEventsAsync(Stream stream, Action<string> onText, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        bool segments = false;
        bool done = false;
        await foreach (string data in EventStream.ReadAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            if (done = data.AsSpan().Trim() is "[DONE]")
                break;
            using var json = JsonDocument.Parse(data);
            ThrowIfError(json.RootElement);
            string? type = json.RootElement.Text("type");
            if (type == "transcript.text.done" && ServerTranscript.Read(json.RootElement) is { } whole)
                return whole;
            bool isDelta = type == "transcript.text.delta";
            if ((isDelta ? json.RootElement.Text("delta") : json.RootElement.Text("text")) is not { } piece)
                continue;
            segments |= !isDelta;
            text.Append(piece);
            if (text.Length > MaxAnswerBytes)
                throw connection.Failures.Bad("sends without end");
            onText(text.ToString());
        }
        // With deltas a text without its end is half a text; segments end with the connection.
        return segments || done ? new ServerTranscript(text.ToString(), null, null) : throw connection.Failures.Bad("broke off in mid-answer");
    }

    private void ThrowIfError(JsonElement answer)
    {
        if (answer.Field("error") is var error && error.IsThere())
            throw connection.Failures.OfErrorObject(error);
    }
}
