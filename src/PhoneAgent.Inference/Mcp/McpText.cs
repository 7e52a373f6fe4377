using System.Text;
using ModelContextProtocol.Protocol;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Inference.Mcp;

/// <summary>What a model can read of a tool's result, no more than <see cref="ToolResult.MaxTextLength"/> of it.</summary>
internal static class McpText
{
    private const string Cut = " … (cut)";

    public static string Of(CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (ContentBlock block in result.Content)
        {
            if (text.Length > ToolResult.MaxTextLength)
                break;
            if (text.Length > 0)
                text.Append('\n');
            Append(text, TextOf(block));
        }
        if (text.Length == 0 && result.StructuredContent is { } structured)
            Append(text, structured.GetRawText());
        return text.Length <= ToolResult.MaxTextLength ? text.ToString() : string.Concat(text.ToString(0, ToolResult.MaxTextLength - Cut.Length), Cut);
    }

    private static void Append(StringBuilder text, string more) =>
        text.Append(more, 0, Math.Min(more.Length, ToolResult.MaxTextLength + 1));

    private static string TextOf(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
        ResourceLinkBlock link => $"({link.Name}: {link.Uri})",
        _ => $"({block.Type}, which cannot be read here)",
    };
}
