namespace PhoneAgent.Conversation.Escalation;

/// <summary>What spoke for or against a caller's frustration. Each has a weight in <see cref="FrustrationOptions"/>.</summary>
public enum FrustrationSource
{
    /// <summary>The tone of an utterance sounds frustrated.</summary>
    Voice,
    /// <summary>The tone of an utterance sounds calm, neutral or happy.</summary>
    CalmVoice,
    /// <summary>Words of anger or disappointment.</summary>
    Words,
    /// <summary>Words of thanks or contentment.</summary>
    KindWords,
    /// <summary>The same request again.</summary>
    Repetition,
    /// <summary>The caller spoke over the agent, and meant it.</summary>
    Interruption,
    /// <summary>The agent did not understand and said so.</summary>
    NotUnderstood,
    /// <summary>Understood with little confidence.</summary>
    Uncertain,
    /// <summary>The caller said nothing until he was asked.</summary>
    Silence,
    /// <summary>The key 0, again and again.</summary>
    ZeroKey,
    /// <summary>A language model read frustration out of the words.</summary>
    Model,
}
