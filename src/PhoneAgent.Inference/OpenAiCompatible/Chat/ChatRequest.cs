using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Chat;

/// <summary>Writes the body of <c>POST /chat/completions</c>. Pure.</summary>
internal static class ChatRequest
{
    public static BinaryData Write(IEnumerable<ChatMessage> messages, ChatOptions? options, OpenAiChatOptions server)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Json.Writing))
        {
            json.WriteStartObject();
            json.WriteString("model", options?.ModelId ?? server.Model);
            WriteMessages(json, messages, options?.Instructions);
            json.WriteBoolean("stream", true);
            if (server.AsksForUsage)
            {
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }
            if (options is not null)
                WriteOptions(json, options, server);
            json.WriteFields(server.Body);
            json.WriteEndObject();
        }
        return new BinaryData(buffer.WrittenMemory);
    }

    private static void WriteMessages(Utf8JsonWriter json, IEnumerable<ChatMessage> messages, string? instructions)
    {
        json.WriteStartArray("messages");
        if (!string.IsNullOrEmpty(instructions))
            WriteText(json, "system", instructions);
        foreach (var message in messages)
            WriteMessage(json, message);
        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        // Each result is a message of its own on the wire.
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", result.CallId);
            json.WriteString("content", TextOf(result));
            json.WriteEndObject();
        }
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        string text = string.Concat(message.Contents.OfType<TextContent>().Select(content => content.Text));
        if (calls.Count > 0)
            WriteCalls(json, text, calls);
        else if (text.Length > 0)
            WriteText(json, message.Role == ChatRole.Tool ? "user" : message.Role.Value, text);
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, string text, List<FunctionCallContent> calls)
    {
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        // Several servers insist on the field, and on a string.
        json.WriteString("content", text);
        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.CallId);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments is null ? "{}" : JsonSerializer.Serialize(call.Arguments, Json.Compact));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string TextOf(FunctionResultContent result) => result switch
    {
        { Result: string text } => text,
        { Result: null, Exception: not null } => "error",
        { Result: null } => "",
        _ => JsonSerializer.Serialize(result.Result, Json.Compact),
    };

    private static void WriteOptions(Utf8JsonWriter json, ChatOptions options, OpenAiChatOptions server)
    {
        if (options.MaxOutputTokens is { } max)
            json.WriteNumber(server.UsesMaxCompletionTokens ?? server.Server.IsOpenAi ? "max_completion_tokens" : "max_tokens", max);
        WriteNumber(json, "temperature", options.Temperature);
        WriteNumber(json, "top_p", options.TopP);
        WriteNumber(json, "frequency_penalty", options.FrequencyPenalty);
        WriteNumber(json, "presence_penalty", options.PresencePenalty);
        if (options.Seed is { } seed)
            json.WriteNumber("seed", seed);
        if (options.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop");
            foreach (string stop in stops)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }
        WriteFormat(json, options.ResponseFormat);
        WriteTools(json, options);
        foreach (var (name, value) in options.ForTheWire())
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, Json.Compact);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, float? value)
    {
        // As a decimal: 0.7f is 0.699999988 as a double.
        if (value is { } number && float.IsFinite(number))
            json.WriteNumber(name, (decimal)number);
    }

    private static void WriteFormat(Utf8JsonWriter json, ChatResponseFormat? format)
    {
        if (format is not ChatResponseFormatJson asked)
            return;
        json.WriteStartObject("response_format");
        if (asked.Schema is { } schema)
        {
            json.WriteString("type", "json_schema");
            json.WriteStartObject("json_schema");
            json.WriteString("name", Name(asked.SchemaName));
            if (asked.SchemaDescription is { } description)
                json.WriteString("description", description);
            json.WritePropertyName("schema");
            schema.WriteTo(json);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("type", "json_object");
        }
        json.WriteEndObject();
    }

    /// <summary>Letters, digits, hyphens and underscores, at most 64: more is refused.</summary>
    private static string Name(string? name)
    {
        var allowed = new StringBuilder();
        foreach (char c in (name ?? "answer").Take(64))
            allowed.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_');
        return allowed.Length == 0 ? "answer" : allowed.ToString();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        var tools = options.Tools?.OfType<AIFunctionDeclaration>().ToList();
        if (tools is not { Count: > 0 })
            return;
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (options.AllowMultipleToolCalls is { } several)
            json.WriteBoolean("parallel_tool_calls", several);
        WriteToolMode(json, options.ToolMode);
    }

    private static void WriteToolMode(Utf8JsonWriter json, ChatToolMode? mode)
    {
        switch (mode)
        {
            case NoneChatToolMode:
                json.WriteString("tool_choice", "none");
                break;
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                json.WriteStartObject("tool_choice");
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", name);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case RequiredChatToolMode:
                json.WriteString("tool_choice", "required");
                break;
            case AutoChatToolMode:
                json.WriteString("tool_choice", "auto");
                break;
        }
    }
}
