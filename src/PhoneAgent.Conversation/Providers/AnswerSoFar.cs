using System.Text;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// An answer that several models may have to write: what was given on, what waits, and what the next one is asked. A word is
/// given on when it is whole, so that a break never leaves half of one. Used by one request.
/// </summary>
internal sealed class AnswerSoFar(IReadOnlyList<ChatMessage> messages)
{
    private const string GoOn =
        "(The connection broke behind your last word. Go on with your answer from exactly there: repeat nothing of it, do not mention the break.)";

    private readonly StringBuilder _given = new();
    private readonly StringBuilder _word = new();
    private readonly List<AIContent> _calls = [];
    private RepeatFilter? _repeat;
    private ChatFinishReason? _finish;

    /// <summary>What this model reported about its work; null when it did not.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>This model said something, or called a tool.</summary>
    public bool HasContent { get; private set; }

    /// <summary>There is nothing to add to what a tool did: then a model may say nothing.</summary>
    public bool MayBeEmpty => _given.Length > 0 || (messages.Count > 0 && messages[^1].Role == ChatRole.Tool);

    /// <summary>The messages for the next model. What the one before had not given on is forgotten.</summary>
    public IReadOnlyList<ChatMessage> Begin()
    {
        _word.Clear();
        _calls.Clear();
        (Usage, HasContent, _finish) = (null, false, null);
        if (_given.Length == 0)
            return messages;
        _repeat = new RepeatFilter(_given.ToString());
        return [.. messages, new ChatMessage(ChatRole.Assistant, _given.ToString().TrimEnd()), new ChatMessage(ChatRole.User, GoOn)];
    }

    /// <summary>Takes a piece; returns what of it can be given on, or null.</summary>
    public ChatResponseUpdate? Take(ChatResponseUpdate update)
    {
        _finish = update.FinishReason ?? _finish;
        List<AIContent> ready = [];
        foreach (AIContent content in update.Contents)
        {
            HasContent |= content is FunctionCallContent or TextContent { Text.Length: > 0 };
            switch (content)
            {
                case UsageContent usage:
                    (Usage ??= new UsageDetails()).Add(usage.Details);
                    ready.Add(usage);
                    break;
                case TextReasoningContent:
                    break; // a phone has no use for it, and the next model no way to go on with it
                case TextContent text:
                    if (WholeWords(_repeat is null ? text.Text : _repeat.Pass(text.Text)) is { Length: > 0 } words)
                        ready.Add(new TextContent(words));
                    break;
                case FunctionCallContent:
                    _calls.Add(content);
                    break;
                default:
                    ready.Add(content);
                    break;
            }
        }
        return ready.Count == 0 ? null : Update(update, ready);
    }

    /// <summary>The model came to its end: the last word, the calls of tools, and why it ended.</summary>
    public ChatResponseUpdate End()
    {
        List<AIContent> last = [];
        string text = (_repeat is null ? "" : Join(_repeat.End())) + _word;
        if (text.Length > 0)
            last.Add(new TextContent(text));
        last.AddRange(_calls);
        return new ChatResponseUpdate(ChatRole.Assistant, last) { FinishReason = _finish };
    }

    private string WholeWords(string text)
    {
        _word.Append(Join(text));
        int whole = _word.Length;
        while (whole > 0 && IsInWord(_word[whole - 1]))
            whole--;
        string ready = _word.ToString(0, whole);
        _word.Remove(0, whole);
        _given.Append(ready);
        return ready;
    }

    // The next model begins with a word; the one before may have ended with one.
    private string Join(string text) =>
        _repeat is not null && _word.Length == 0 && _given.Length > 0 && text.Length > 0 && !char.IsWhiteSpace(_given[^1]) && char.IsLetterOrDigit(text[0])
            ? " " + text : text;

    // Scripts without spaces between words have no words to wait for.
    private static bool IsInWord(char c) => c is '\'' or '’' or '-' or '@' || (char.IsLetterOrDigit(c) && c < '\u2E80');

    private static ChatResponseUpdate Update(ChatResponseUpdate like, List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = like.ResponseId,
        MessageId = like.MessageId,
        CreatedAt = like.CreatedAt,
        ModelId = like.ModelId,
        ConversationId = like.ConversationId,
    };
}
