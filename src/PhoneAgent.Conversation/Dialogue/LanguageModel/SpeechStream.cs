using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Dialogue.LanguageModel.ForTheEar;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Guarding;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// Makes of a model's tokens what a voice says, clause by clause: shaped for the ear, within the reply's length, and
/// nothing that must not be said. One per reply.
/// </summary>
internal sealed class SpeechStream(ModelDefinition model, ReplyGuard guard, DateOnly today)
{
    private readonly SentenceChunker _chunker = new();
    private readonly ThoughtFilter _thoughts = new();
    private readonly List<string> _held = [];
    private string _before = "";
    private int _sentences;
    private int _characters;

    /// <summary>Why the rest of the reply is not said; null as long as it is.</summary>
    public string? Refused { get; private set; }

    /// <summary>The reply is long enough, or was refused: nothing more will come.</summary>
    public bool IsOver => Refused is not null || _sentences >= model.MaxSentences || _characters >= model.MaxCharacters;

    public IEnumerable<string> Add(string delta, string language)
    {
        string text = _thoughts.Add(delta);
        return IsOver || text.Length == 0 ? [] : Shape(_chunker.Add(text), language);
    }

    /// <summary>The model has written what it had to.</summary>
    public IEnumerable<string> Flush(string language) => [.. Shape(_chunker.Flush(), language), .. Release()];

    private IEnumerable<string> Shape(IReadOnlyList<string> chunks, string language)
    {
        foreach (string chunk in chunks)
        {
            if (IsOver)
                yield break;
            string text = ForTheEar.SpokenText.Shape(chunk, language, today);
            if (text.Length == 0)
                continue;
            // Looked at as it was written, too: shaping may hide words.
            Refused = guard.Refuse(_before, chunk) ?? guard.Refuse(_before, text);
            if (Refused is not null)
            {
                _held.Clear();
                yield break;
            }
            _before = $"{_before} {text}";
            _characters += text.Length;
            _sentences += text[^1] is '.' or '!' or '?' or '…' or '"' or ')' ? 1 : 0;
            // What may be the beginning of a forbidden phrase waits for the words that decide it.
            int begun = IsOver ? 0 : guard.Begun(_before);
            if (begun <= Words.Split(text).Count)
            {
                foreach (string earlier in Release())
                    yield return earlier;
            }
            if (begun == 0)
                yield return text;
            else
                _held.Add(text);
        }
    }

    private List<string> Release()
    {
        List<string> held = [.. _held];
        _held.Clear();
        return held;
    }
}
