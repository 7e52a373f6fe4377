using System.Text.Json;

namespace PhoneAgent.Testing.Providers;

/// <summary>What a language model does with a request, whatever it is reached by.</summary>
public sealed record ChatScript
{
    public IReadOnlyList<string> Tokens { get; init; } = [];

    public IReadOnlyList<ScriptedToolCall> Calls { get; init; } = [];

    /// <summary>Tokens of the request and of the answer; null: the model does not count.</summary>
    public (long Input, long Output)? Usage { get; init; }

    /// <summary>As OpenAI calls it.</summary>
    public string Finish { get; init; } = "stop";

    /// <summary>After so many tokens the answer breaks off; null: never.</summary>
    public int? BreaksAfter { get; init; }

    /// <summary>Instead of an answer, a failure of the server.</summary>
    public bool Fails { get; init; }

    /// <summary>After the first token it waits for this; null: it does not wait.</summary>
    public Task? Hold { get; init; }

    /// <summary>Completed by the model when it notices that nobody listens any more.</summary>
    public TaskCompletionSource Abandoned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>As OpenAI puts it on the wire; arguments in pieces of three characters.</summary>
    public WireAnswer ToWire() => async wire =>
    {
        if (Fails)
        {
            await WireAnswers.Status(500, """{"error":{"message":"the words of the caller","type":"server_error"}}""")(wire);
            return;
        }
        _ = wire.Request.Abandoned.ContinueWith(_ => Abandoned.TrySetResult(), TaskScheduler.Default);
        wire.Begin(200, "text/event-stream; charset=utf-8");
        await wire.SendEventAsync(Chunk("""{"role":"assistant","content":""}"""));
        for (int i = 0; i < Tokens.Count && BreaksAfter != i; i++)
        {
            await wire.SendEventAsync(Chunk($$"""{"content":{{JsonSerializer.Serialize(Tokens[i])}}}"""));
            if (i == 0 && Hold is not null)
                await wire.HoldAsync(Hold);
        }
        if (BreaksAfter is not null)
        {
            wire.Abort();
            return;
        }
        for (int i = 0; i < Calls.Count; i++)
        {
            foreach (string delta in Calls[i].Pieces(i))
                await wire.SendEventAsync(Chunk(delta));
        }
        await wire.SendEventAsync(Chunk("{}", Calls.Count > 0 ? "tool_calls" : Finish));
        if (Usage is { } usage)
            await wire.SendEventAsync(UsageChunk(usage.Input, usage.Output));
        await wire.SendEventAsync("[DONE]");
    };

    public static string UsageChunk(long input, long output) => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1", @object = "chat.completion.chunk", created = 1, model = "tiny-model", choices = Array.Empty<int>(),
        usage = new { prompt_tokens = input, completion_tokens = output, total_tokens = input + output },
    });

    /// <param name="delta">JSON.</param>
    public static string Chunk(string delta, string? finish = null) =>
        $$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"tiny-model","system_fingerprint":"fp","choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{JsonSerializer.Serialize(finish)}}}]}""";
}

/// <param name="Arguments">JSON.</param>
public sealed record ScriptedToolCall(string Id, string Name, string Arguments)
{
    private const int PieceLength = 3;

    /// <summary>The deltas: id and name first, then the arguments bit by bit.</summary>
    public IEnumerable<string> Pieces(int index)
    {
        yield return Delta(new { index, id = Id, type = "function", function = new { name = Name, arguments = "" } });
        foreach (char[] piece in Arguments.Chunk(PieceLength))
            yield return Delta(new { index, function = new { arguments = new string(piece) } });
    }

    private static string Delta(object call) => JsonSerializer.Serialize(new { tool_calls = new[] { call } });
}
