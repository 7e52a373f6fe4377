using System.Text.Json;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>Reads an object out of what a model wrote: some put it in a fence, or words around it.</summary>
internal static class JsonAnswer
{
    /// <summary>Never throws for what a model wrote.</summary>
    public static bool TryRead(string text, JsonElement schema, out JsonElement answer, out string problem)
    {
        answer = default;
        int from = text.IndexOf('{', StringComparison.Ordinal);
        int to = text.LastIndexOf('}');
        if (from < 0 || to < from)
        {
            problem = "there is no JSON object in it";
            return false;
        }
        try
        {
            answer = JsonElement.Parse(text[from..(to + 1)], new JsonDocumentOptions { MaxDepth = 16, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException e)
        {
            problem = $"it is not valid JSON ({e.Message})";
            return false;
        }
        problem = string.Join("; ", SchemaCheck.Problems(schema, answer));
        return problem.Length == 0;
    }
}
