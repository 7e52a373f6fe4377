namespace PhoneAgent.Conversation.Dialogue;

/// <summary>Why a dialogue by itself connects a human; for the record, and told apart by whoever words it anew.</summary>
internal static class TransferReasons
{
    public const string Asked = "the caller asked for a person";
    public const string NotUnderstood = "the agent did not understand the caller";
    public const string NobodyThere = "nobody is there at this time";

    /// <summary>Under which a call's record says that nobody was asked.</summary>
    public const string NobodyNote = "human.failed";

    private const string FrustratedWords = "the caller is frustrated";

    public static string Frustrated(string signs) => $"{FrustratedWords} ({signs})";

    public static bool IsFrustrated(string reason) => reason.StartsWith(FrustratedWords, StringComparison.Ordinal);
}
