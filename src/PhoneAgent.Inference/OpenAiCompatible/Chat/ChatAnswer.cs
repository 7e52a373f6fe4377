using System.Text.Json;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Chat;

/// <summary>
/// Reads one answer, chunk by chunk, as the servers really write it: without a role or with an empty one, without choices,
/// with finish reasons of their own, with the thoughts of the model beside its words, whole instead of in pieces. One per request.
/// </summary>
internal sealed class ChatAnswer(OpenAiChatOptions options, ProviderFailures failures)
{
    private const string Done = "[DONE]";

    /// <summary>No reply on a telephone is as long; a model that runs wild must not fill the memory.</summary>
    private const int MaxCharacters = 1 << 20;

    private readonly ToolCallAssembler calls = new();
    private readonly ThoughtFilter thoughts = new();
    private string? id;
    private string? model;
    private ChatFinishReason? finish;
    private UsageDetails? usage;
    private bool done;
    private bool any;
    private long characters;

    /// <summary>Nothing that matters follows.</summary>
    public bool IsWhole => done || (finish is not null && (usage is not null || !options.AsksForUsage));

    /// <exception cref="ProviderException">The server reports an error, or sends without end.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public List<ChatResponseUpdate> Take(string data)
    {
        var updates = new List<ChatResponseUpdate>();
        if (data.AsSpan().Trim() is Done)
        {
            done = true;
            return updates;
        }
        characters += data.Length;
        if (characters > 16L * MaxCharacters)
            throw failures.Bad("sends without end");
        using var document = JsonDocument.Parse(data);
        var chunk = document.RootElement;
        if (chunk.ValueKind != JsonValueKind.Object)
            throw new JsonException("A chunk is no object.");
        ThrowIfError(chunk);
        id ??= chunk.Text("id");
        model ??= chunk.Text("model");
        if (UsageOf(chunk.Field("usage")) is { } counted)
            usage = counted;
        foreach (var choice in chunk.Field("choices").Items().Take(1))
        {
            any = true;
            int before = calls.Pieces;
            string text = thoughts.Push(TakeChoice(choice));
            if (text.Length > 0)
                updates.Add(Update(new TextContent(text)));
            else if (calls.Pieces > before)
                updates.Add(Update()); // a sign of life: long arguments are no silence
        }
        return updates;
    }

    /// <summary>What is known only at the end.</summary>
    /// <exception cref="ProviderException">It broke off in mid-answer.</exception>
    public IEnumerable<ChatResponseUpdate> End()
    {
        if (!done && finish is null)
            throw failures.Bad(any ? "broke off in mid-answer" : "answered nothing");
        var last = new List<AIContent>();
        if (thoughts.End() is { Length: > 0 } rest)
            last.Add(new TextContent(rest));
        last.AddRange(calls.Calls());
        bool calling = last.Exists(content => content is FunctionCallContent);
        var update = Update([.. last]);
        // Some say "stop" when they call.
        update.FinishReason = calling && (finish is null || finish == ChatFinishReason.Stop) ? ChatFinishReason.ToolCalls : finish ?? ChatFinishReason.Stop;
        yield return update;
        if (usage is not null)
            yield return Update(new UsageContent(usage));
    }

    private string TakeChoice(JsonElement choice)
    {
        // A server that does not stream sends a whole message.
        var delta = choice.Field("delta");
        if (!delta.IsThere())
            delta = choice.Field("message");
        foreach (var call in delta.Field("tool_calls").Items())
            if (!calls.Add(call))
                throw failures.Bad("calls more tools, or with longer arguments, than is sane");
        string? reason = choice.Text("finish_reason");
        if (reason == "error")
            throw failures.OfErrorObject(choice.Field("error"));
        finish = FinishOf(reason) ?? finish;
        return TextOf(delta.Field("content")) + delta.Text("refusal");
    }

    /// <summary>A string, or a list of parts.</summary>
    private static string TextOf(JsonElement content) =>
        content.ValueKind == JsonValueKind.Array
            ? string.Concat(content.Items().Select(part => part.Text("text")))
            : content.AsText() ?? "";

    private static ChatFinishReason? FinishOf(string? reason) => reason switch
    {
        null or "" => null,
        "length" => ChatFinishReason.Length,
        "tool_calls" or "function_call" => ChatFinishReason.ToolCalls,
        "content_filter" => ChatFinishReason.ContentFilter,
        // "stop", and what servers invented: "eos", "end_turn", "stop_sequence".
        _ => ChatFinishReason.Stop,
    };

    private static UsageDetails? UsageOf(JsonElement usage)
    {
        long? input = usage.Integer("prompt_tokens");
        long? output = usage.Integer("completion_tokens");
        return input is null && output is null ? null : new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = usage.Integer("total_tokens") ?? (input ?? 0) + (output ?? 0),
            CachedInputTokenCount = usage.Field("prompt_tokens_details").Integer("cached_tokens"),
            ReasoningTokenCount = usage.Field("completion_tokens_details").Integer("reasoning_tokens"),
        };
    }

    private void ThrowIfError(JsonElement chunk)
    {
        if (chunk.Field("error") is var error && error.IsThere())
            throw failures.OfErrorObject(error);
        if (chunk.Text("object") == "error")
            throw failures.OfErrorObject(chunk);
    }

    private ChatResponseUpdate Update(params IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = id, MessageId = id, ModelId = model };
}
