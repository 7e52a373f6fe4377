namespace PhoneAgent.Inference.OpenAiCompatible.Chat;

/// <summary>
/// Takes the thoughts out that some servers leave in front of the words, between <c>&lt;think&gt;</c> and
/// <c>&lt;/think&gt;</c>: nobody must hear them. Only at the beginning, so that a reply may speak of such a sign.
/// </summary>
internal sealed class ThoughtFilter
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    private State state;
    private string held = "";

    private enum State
    {
        Beginning,
        Thinking,
        AfterThought,
        Speaking,
    }

    /// <summary>What of it is to be heard now.</summary>
    public string Push(string text)
    {
        if (state == State.Speaking || text.Length == 0)
            return text;
        held += text;
        if (state == State.Beginning)
            LookForOpening();
        if (state == State.Thinking)
            LookForClosing();
        if (state == State.AfterThought && (held = held.TrimStart()).Length > 0)
            state = State.Speaking;
        if (state != State.Speaking)
            return "";
        string heard = held;
        held = "";
        return heard;
    }

    /// <summary>What was held back for want of more. A thought without its end is still a thought.</summary>
    public string End() => state == State.Beginning ? held : "";

    private void LookForOpening()
    {
        string start = held.TrimStart();
        if (start.StartsWith(Open, StringComparison.OrdinalIgnoreCase))
            (state, held) = (State.Thinking, start[Open.Length..]);
        else if (!Open.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            state = State.Speaking;
    }

    private void LookForClosing()
    {
        int end = held.IndexOf(Close, StringComparison.OrdinalIgnoreCase);
        if (end >= 0)
            (state, held) = (State.AfterThought, held[(end + Close.Length)..]);
        else if (held.Length > Close.Length)
            held = held[^Close.Length..]; // the sign may be cut in two
    }
}
