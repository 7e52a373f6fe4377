namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// Some models think aloud before they answer, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>, and some servers
/// pass that on as text. A caller must not hear it.
/// </summary>
internal sealed class ThoughtFilter
{
    private const string Open = "<think>";
    private const string Close = "</think>";
    private string _held = "";
    private State _state;

    private enum State { Start, Thinking, Speaking }

    /// <summary>What may be spoken of the text so far.</summary>
    public string Add(string delta)
    {
        if (_state == State.Speaking)
            return delta;
        _held += delta;
        if (_state == State.Start)
        {
            string begin = _held.TrimStart();
            if (begin.Length < Open.Length && Open.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
                return "";
            _state = begin.StartsWith(Open, StringComparison.OrdinalIgnoreCase) ? State.Thinking : State.Speaking;
            if (_state == State.Speaking)
                return begin;
        }
        int end = _held.IndexOf(Close, StringComparison.OrdinalIgnoreCase);
        if (end < 0)
        {
            // Thoughts can be long; only a closing mark cut in two matters.
            _held = _held.Length > Close.Length ? _held[^Close.Length..] : _held;
            return "";
        }
        _state = State.Speaking;
        return _held[(end + Close.Length)..].TrimStart();
    }
}
