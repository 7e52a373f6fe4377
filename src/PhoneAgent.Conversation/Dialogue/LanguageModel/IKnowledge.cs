namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>What an agent may look up about its own house. One object serves all calls; thread-safe, in memory, without I/O.</summary>
public interface IKnowledge
{
    /// <summary>The passages that fit best, best first; empty when none does. Never throws for what a caller said.</summary>
    /// <param name="query">In the caller's or the model's words.</param>
    IReadOnlyList<Passage> Search(string query, int max);
}

/// <param name="Source">Where it stands, for the model and for a person: file and heading or row.</param>
public sealed record Passage(string Text, string Source);
