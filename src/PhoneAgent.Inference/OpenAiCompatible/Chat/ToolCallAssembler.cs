using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Chat;

/// <summary>
/// Puts the calls of tools together. OpenAI sends a piece of the arguments at a time under the call's index; others send calls
/// whole, without an index, all under index 0, without an id, or with the arguments as an object.
/// </summary>
internal sealed class ToolCallAssembler
{
    private const int MaxCalls = 32;
    private const int MaxArguments = 256 * 1024;

    private readonly List<Call> calls = [];

    private sealed class Call(long? index)
    {
        public long? Index { get; } = index;
        public string? Id { get; set; }
        public string? Name { get; set; }
        public StringBuilder Arguments { get; } = new();
    }

    /// <summary>Items taken so far.</summary>
    public int Pieces { get; private set; }

    /// <summary>Takes one item of <c>tool_calls</c>. False: there are too many, or one is too long.</summary>
    public bool Add(JsonElement piece)
    {
        Pieces++;
        var function = piece.Field("function");
        string? id = piece.Text("id") is { Length: > 0 } given ? given : null;
        string? name = function.Text("name") is { Length: > 0 } named ? named : null;
        long? index = piece.Integer("index");
        var call = calls.FindLast(known => known.Index == index && !IsAnother(known, id, name));
        if (call is null)
        {
            if (calls.Count == MaxCalls)
                return false;
            calls.Add(call = new Call(index));
        }
        call.Id ??= id;
        call.Name ??= name;
        var arguments = function.Field("arguments");
        call.Arguments.Append(arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText() : arguments.AsText());
        return call.Arguments.Length <= MaxArguments;
    }

    /// <summary>Those that have a name. Arguments that are no JSON are in the call's exception.</summary>
    public IEnumerable<FunctionCallContent> Calls() => calls.Where(call => call.Name is not null).Select(call =>
        FunctionCallContent.CreateFromParsedArguments(call.Arguments.ToString(), call.Id ?? $"call_{Guid.NewGuid():N}", call.Name!, Parse));

    /// <summary>The same index, but not the same call: another id, or a name once more where pieces repeat none.</summary>
    private static bool IsAnother(Call known, string? id, string? name) =>
        (id is not null && known.Id is not null && id != known.Id)
        || (name is not null && known.Name is not null && (id is null || known.Id is null));

    private static IDictionary<string, object?>? Parse(string arguments) => string.IsNullOrWhiteSpace(arguments)
        ? new Dictionary<string, object?>()
        : JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments, AIJsonUtilities.DefaultOptions);
}
