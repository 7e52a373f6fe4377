namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>The words of a sentence and where its commas are: a "not" in front of a comma belongs to what stands before it.</summary>
/// <param name="Starts">Indices of words behind a comma.</param>
internal sealed record Clause(IReadOnlyList<string> Words, IReadOnlySet<int> Starts)
{
    public static Clause Read(string sentence)
    {
        var words = new List<string>();
        var starts = new HashSet<int>();
        foreach (string part in sentence.Split(','))
        {
            words.AddRange(Conversation.Dialogue.Language.Words.Split(part));
            starts.Add(words.Count);
        }
        return new Clause(words, starts);
    }
}
