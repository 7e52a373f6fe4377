using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Testing.Models;

/// <summary>
/// A language model that answers what a test has put down, request by request, and keeps what it was asked. Thread-safe
/// as far as requests follow one another.
/// </summary>
public sealed class FakeChatClient : IChatClient
{
    private readonly Queue<Func<ScriptedAnswer, CancellationToken, Task>> _answers = new();
    private readonly List<ChatRequest> _requests = [];
    private readonly Lock _gate = new();

    /// <summary>Answers when no answer is left.</summary>
    public Func<ChatRequest, string>? Otherwise { get; set; }

    /// <summary>All requests, in order; those for summaries are in <see cref="Summaries"/>.</summary>
    public IReadOnlyList<ChatRequest> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    public List<ChatRequest> Summaries { get; } = [];

    /// <summary>Answers that are being written.</summary>
    public int Open => Volatile.Read(ref _open);

    private int _open;
    private volatile bool _lastAskedForTool;

    /// <summary>The last answer asked for a tool, and is complete.</summary>
    public bool WaitsForTool => Open == 0 && _lastAskedForTool;

    /// <summary>What a request that is not streamed gets.</summary>
    public Func<ChatRequest, string> Summary { get; set; } = _ => "A summary.";

    public Dictionary<Type, object> Services { get; } = [];

    /// <summary>The next answer: text, in pieces as given.</summary>
    public FakeChatClient Answer(params string[] deltas) => Answer(async (answer, _) =>
    {
        foreach (string delta in deltas)
            await answer.WriteAsync(delta);
    });

    /// <summary>The next answer: some text, then a tool is asked for.</summary>
    public FakeChatClient Call(string tool, Dictionary<string, object?> arguments, string before = "") => Answer(async (answer, _) =>
    {
        if (before.Length > 0)
            await answer.WriteAsync(before);
        await answer.CallAsync(tool, arguments);
        _lastAskedForTool = true;
    });

    public FakeChatClient Fail(string message, string before = "") => Answer(async (answer, _) =>
    {
        if (before.Length > 0)
            await answer.WriteAsync(before);
        throw new InvalidOperationException(message);
    });

    /// <summary>Nothing ever comes.</summary>
    public FakeChatClient Hang() => Answer((_, cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken));

    /// <summary>The next answer, written by the test as it likes.</summary>
    public FakeChatClient Answer(Func<ScriptedAnswer, CancellationToken, Task> write)
    {
        lock (_gate)
            _answers.Enqueue(write);
        return this;
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = new ChatRequest([.. messages], options);
        lock (_gate)
            Summaries.Add(request);
        await Task.Yield();
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, Summary(request)));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ChatRequest([.. messages], options);
        Func<ScriptedAnswer, CancellationToken, Task>? write;
        lock (_gate)
        {
            _requests.Add(request);
            _lastAskedForTool = false;
            if (!_answers.TryDequeue(out write) && Otherwise is { } otherwise)
                write = (answer, _) => answer.WriteAsync(otherwise(request));
        }
        var updates = Channel.CreateUnbounded<ChatResponseUpdate>();
        Interlocked.Increment(ref _open);
        try
        {
            Task writing = WriteAsync(write ?? throw new InvalidOperationException($"the test has no answer for: {request.Last}"), updates.Writer, cancellationToken);
            await foreach (ChatResponseUpdate update in updates.Reader.ReadAllAsync(cancellationToken))
                yield return update;
            await writing;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => Services.GetValueOrDefault(serviceType);

    public void Dispose()
    {
    }

    private static async Task WriteAsync(Func<ScriptedAnswer, CancellationToken, Task> write, ChannelWriter<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            await write(new ScriptedAnswer(updates), cancellationToken);
            updates.TryComplete();
        }
        catch (Exception e)
        {
            updates.TryComplete(e);
        }
    }
}

/// <summary>An answer in the making.</summary>
public sealed class ScriptedAnswer(ChannelWriter<ChatResponseUpdate> updates)
{
    private static int _calls;

    public Task WriteAsync(string delta) => updates.WriteAsync(new ChatResponseUpdate(ChatRole.Assistant, delta)).AsTask();

    public Task CallAsync(string tool, Dictionary<string, object?> arguments) =>
        updates.WriteAsync(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent($"call-{Interlocked.Increment(ref _calls)}", tool, arguments)])).AsTask();

    public Task UsageAsync(long input, long output) =>
        updates.WriteAsync(new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = input, OutputTokenCount = output })])).AsTask();
}

/// <summary>What a model was asked.</summary>
public sealed record ChatRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)
{
    /// <summary>The text of the last message.</summary>
    public string Last => TextOf(Messages[^1]);

    public string System => Messages[0].Role == ChatRole.System ? TextOf(Messages[0]) : "";

    /// <summary>All but the system message, one line each: <c>role: text</c>, tools as <c>call name(json)</c> and <c>result: text</c>.</summary>
    public string Conversation => string.Join('\n', Messages.Skip(System.Length > 0 ? 1 : 0).Select(message => $"{message.Role}: {TextOf(message)}"));

    public IEnumerable<string> Tools => Options?.Tools?.Select(tool => tool.Name) ?? [];

    private static string TextOf(ChatMessage message) => string.Join(' ', message.Contents.Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => $"call {call.Name}({JsonSerializer.Serialize(call.Arguments)})",
        FunctionResultContent result => $"result: {result.Result}",
        _ => "",
    }));
}
