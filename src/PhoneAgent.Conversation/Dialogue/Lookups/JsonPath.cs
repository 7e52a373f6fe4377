using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace PhoneAgent.Conversation.Dialogue.Lookups;

/// <summary>The plain part of JSONPath (RFC 9535): <c>$.data.items[0].status</c>; the leading <c>$.</c> may be left out.</summary>
public sealed class JsonPath
{
    private readonly IReadOnlyList<(string? Name, int Index)> _steps;

    private JsonPath(IReadOnlyList<(string?, int)> steps) => _steps = steps;

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path)
    {
        ArgumentNullException.ThrowIfNull(text);
        path = null;
        var steps = new List<(string?, int)>();
        string rest = text.StartsWith("$.", StringComparison.Ordinal) ? text[2..] : text.StartsWith('$') ? text[1..] : text;
        int at = 0;
        while (at < rest.Length)
        {
            if (rest[at] == '[')
            {
                int close = rest.IndexOf(']', at);
                if (close < 0 || !int.TryParse(rest[(at + 1)..close], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                    return false;
                steps.Add((null, index));
                at = close + 1;
                if (at < rest.Length && rest[at] == '.')
                    at++;
                continue;
            }
            int end = rest.IndexOfAny(['.', '['], at);
            end = end < 0 ? rest.Length : end;
            if (end == at)
                return false;
            steps.Add((rest[at..end], 0));
            at = end;
            if (at < rest.Length && rest[at] == '.' && ++at == rest.Length)
                return false;
        }
        if (steps.Count == 0)
            return false;
        path = new JsonPath(steps);
        return true;
    }

    /// <summary>The value as text (numbers as written, true as "yes"), or null when there is none or it is not a plain value.</summary>
    public string? Find(JsonElement root)
    {
        JsonElement at = root;
        foreach ((string? name, int index) in _steps)
        {
            bool found = name is not null
                ? at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out at)
                : at.ValueKind == JsonValueKind.Array && TryIndex(ref at, index);
            if (!found)
                return null;
        }
        return at.ValueKind switch
        {
            JsonValueKind.String => at.GetString(),
            JsonValueKind.Number => at.GetRawText(),
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => null,
        };
    }

    private static bool TryIndex(ref JsonElement at, int index)
    {
        if (index >= at.GetArrayLength())
            return false;
        at = at[index];
        return true;
    }
}
