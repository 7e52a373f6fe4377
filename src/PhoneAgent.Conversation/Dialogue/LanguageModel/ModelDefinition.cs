using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>The section <c>model:</c> of an agent file: how a language model speaks for this agent.</summary>
public sealed record ModelDefinition
{
    /// <summary>0 to 2; null: the provider's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>The longest answer the model may write, in its tokens.</summary>
    public int MaxTokens { get; init; } = 300;

    /// <summary>What a request may take in all; older turns are summarised, then left out.</summary>
    public int TokenBudget { get; init; } = 6_000;

    /// <summary>What the model must and must not do, a sentence each.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>What the agent does not talk about.</summary>
    public IReadOnlyList<string> TopicsRefused { get; init; } = [];

    /// <summary>Phrases that no reply may contain; without regard to case and punctuation.</summary>
    public IReadOnlyList<string> NeverSay { get; init; } = [];

    /// <summary>The first words, said without the model; empty: the model greets.</summary>
    public IReadOnlyList<Template> Greeting { get; init; } = [];

    /// <summary>A reply ends after so many sentences, whatever else the model writes.</summary>
    public int MaxSentences { get; init; } = 5;

    /// <summary>The same in characters.</summary>
    public int MaxCharacters { get; init; } = 700;

    /// <summary>A model that has written nothing by then has failed.</summary>
    public TimeSpan FirstTokenWithin { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A model that stops in mid-answer for so long has failed.</summary>
    public TimeSpan StallsAfter { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How often a model may ask for tools within one reply.</summary>
    public int ToolRounds { get; init; } = 4;

    /// <summary>A tool that takes longer is bridged with words.</summary>
    public TimeSpan FillerAfter { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>After a failure the script answers for so long, where nobody can say whether the models are well again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The model learns the caller's number.</summary>
    public bool TellsCallerNumber { get; init; }
}

/// <summary>Tells whether a model may be asked again. A chain of models offers it through <c>IChatClient.GetService</c>.</summary>
public interface IModelHealth
{
    /// <summary>At least one model can be expected to answer. Any thread, at once.</summary>
    bool IsHealthy { get; }
}
