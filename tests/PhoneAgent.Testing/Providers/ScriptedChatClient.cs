using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Testing.Providers;

/// <summary>A language model that says what it is told, word by word, and misbehaves where it is told.</summary>
public sealed class ScriptedChatClient(Func<IReadOnlyList<ChatMessage>, IEnumerable<AIContent>> answer) : IChatClient
{
    /// <summary>When set, thrown after <see cref="PiecesBefore"/> pieces.</summary>
    public Exception? Failure { get; set; }

    /// <summary>When set, it falls silent there after <see cref="PiecesBefore"/> pieces.</summary>
    public Stall? Silence { get; set; }

    public int PiecesBefore { get; set; }

    public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Requests { get; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>A model that always says this, in pieces of a few characters.</summary>
    public static ScriptedChatClient Saying(string text, int pieceLength = 4) =>
        new(_ => text.Chunk(pieceLength).Select(piece => new TextContent(new string(piece))));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ChatMessage> asked = [.. messages];
        lock (Requests)
            Requests.Add((asked, options));
        int pieces = 0;
        foreach (AIContent content in answer(asked))
        {
            if (pieces++ == PiecesBefore)
                await MisbehaveAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }
        if (pieces <= PiecesBefore)
            await MisbehaveAsync(cancellationToken);
        yield return new ChatResponseUpdate(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop };
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => IsDisposed = true;

    private async Task MisbehaveAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw Failure;
        if (Silence is not null)
            await Silence.WaitAsync(cancellationToken);
    }
}
