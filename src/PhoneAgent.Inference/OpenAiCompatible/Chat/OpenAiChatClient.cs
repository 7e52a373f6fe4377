using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using OpenAI;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Chat;

/// <summary>
/// A language model behind the chat completions of any OpenAI-compatible server. The OpenAI package sends; the answer is read
/// here, because the package's own reader throws on what several servers write (an empty role, a finish reason of their own,
/// nulls) and passes over errors in mid-answer. Never asks twice: a chain does. Thread-safe.
/// </summary>
public sealed class OpenAiChatClient : IChatClient
{
    /// <summary>A whole answer in one piece, from a server that does not stream.</summary>
    private const int MaxAnswerBytes = 4 << 20;

    /// <summary>The package insists on a key; the connection puts the true one in its place.</summary>
    private static readonly ApiKeyCredential KeyIsInTheHeaders = new("none");

    private readonly OpenAiChatOptions options;
    private readonly ServerConnection connection;
    private readonly OpenAI.Chat.ChatClient client;
    private readonly ChatClientMetadata metadata;

    /// <exception cref="ArgumentException">The base address or a header cannot be used; the message names the provider.</exception>
    public OpenAiChatClient(OpenAiChatOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        connection = new ServerConnection(options.Server, time);
        metadata = new ChatClientMetadata(options.Server.Name, options.Server.BaseUrl, options.Model);
        client = new OpenAI.Chat.ChatClient(options.Model, KeyIsInTheHeaders, new OpenAIClientOptions
        {
            Endpoint = options.Server.BaseUrl,
            Transport = new HttpClientPipelineTransport(connection.Http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <exception cref="ProviderException">The server failed.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <summary>
    /// Text as it comes; calls of tools when the answer is whole, in one update with the finish reason, and while they are written
    /// an empty update for each piece, so that nobody takes them for silence; then the usage, where the server counts. Cancelling or no longer reading ends the request on the wire.
    /// </summary>
    /// <exception cref="ProviderException">The server failed; what came before may be used.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var body = ChatRequest.Write(messages, options, this.options);
        using var response = await SendAsync(body, options?.ModelId ?? this.options.Model, cancellationToken).ConfigureAwait(false);
        var answer = new ChatAnswer(this.options, connection.Failures);
        await using var events = EventsOf(response, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (!answer.IsWhole && await NextAsync(events, cancellationToken).ConfigureAwait(false) is { } data)
        {
            foreach (var update in Take(answer, data, cancellationToken))
                yield return update;
        }
        foreach (var update in answer.End())
            yield return update;
    }

    /// <summary>Opens a connection and shows whether the server answers and takes the key.</summary>
    /// <exception cref="ProviderException">It does not.</exception>
    public Task WarmUpAsync(CancellationToken cancellationToken) => connection.GetModelsAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    public void Dispose() => connection.Dispose();

    private async Task<PipelineResponse> SendAsync(BinaryData body, string model, CancellationToken cancellationToken)
    {
        try
        {
            using var content = BinaryContent.Create(body);
            // The package parses errors into a message that repeats what the server wrote: so no exceptions of its own.
            var request = new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken, ErrorOptions = ClientErrorBehaviors.NoThrow };
            request.SetHeader("Accept", "text/event-stream, application/json");
            ClientResult result = await client.CompleteChatAsync(content, request).ConfigureAwait(false);
            var response = result.GetRawResponse();
            if (response.Status is >= 200 and < 300)
                return response;
            using (response)
            {
                response.Headers.TryGetValue("Retry-After", out string? retryAfter);
                throw await connection.Failures.OfStatusAsync(response.Status, retryAfter, response.ContentStream ?? Stream.Null, $"model '{model}'", cancellationToken).ConfigureAwait(false);
            }
        }
        catch (InvalidOperationException e)
        {
            // The package's own words for a redirect to elsewhere, which it refuses.
            throw connection.Failures.Bad("redirects: put the final address into base_url", e);
        }
        catch (Exception e) when (connection.Failures.TryTranslate((e as ClientResultException)?.InnerException ?? e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    private async IAsyncEnumerable<string> EventsOf(PipelineResponse response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = response.ContentStream ?? Stream.Null;
        response.Headers.TryGetValue("Content-Type", out string? type);
        if (type is not null && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            yield return Encoding.UTF8.GetString(await connection.ReadAllAsync(stream, MaxAnswerBytes, cancellationToken).ConfigureAwait(false));
            yield break;
        }
        if (type is not null && type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase))
            throw connection.Failures.Bad("answered with a web page: base_url must be the root of its API, usually ending in /v1");
        await foreach (string data in EventStream.ReadAsync(stream, cancellationToken).ConfigureAwait(false))
            yield return data;
    }

    private async ValueTask<string?> NextAsync(IAsyncEnumerator<string> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false) ? events.Current : null;
        }
        catch (Exception e) when (connection.Failures.TryTranslate(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    private List<ChatResponseUpdate> Take(ChatAnswer answer, string data, CancellationToken cancellationToken)
    {
        try
        {
            return answer.Take(data);
        }
        catch (Exception e) when (connection.Failures.TryTranslate(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }
}
