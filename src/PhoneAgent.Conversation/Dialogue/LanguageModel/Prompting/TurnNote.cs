using System.Globalization;
using System.Text;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;

/// <summary>What the telephone system tells the model with a turn: in brackets, before the caller's words.</summary>
internal sealed class TurnNote(DateTimeOffset now)
{
    private readonly List<string> _notes = [now.ToString("HH:mm", CultureInfo.InvariantCulture)];

    public TurnNote Add(string note)
    {
        _notes.Add(note);
        return this;
    }

    public TurnNote AddIf(bool condition, string note) => condition ? Add(note) : this;

    /// <summary>The message of the caller's side.</summary>
    public string With(string callerText)
    {
        string note = $"[{string.Join("; ", _notes)}]";
        string words = Plain(callerText);
        return words.Length == 0 ? note : $"{note} {words}";
    }

    /// <summary>The caller's words cannot look like a note, or like the frame of a tool's result.</summary>
    public static string Plain(string text)
    {
        const int MaxCharacters = 4_000;
        var plain = new StringBuilder(Math.Min(text.Length, MaxCharacters));
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxCharacters)))
            plain.Append(c is '[' or '<' ? '(' : c is ']' or '>' ? ')' : char.IsControl(c) ? ' ' : c);
        return plain.ToString().Trim();
    }
}
