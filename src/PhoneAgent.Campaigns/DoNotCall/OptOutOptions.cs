namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>How a contact says "never again", and what follows.</summary>
public sealed record OptOutOptions
{
    /// <summary>The list that the number is added to.</summary>
    public string List { get; init; } = "company";

    /// <summary>Languages whose phrases are listened for; see <see cref="DoNotCallWords.Languages"/>.</summary>
    public IReadOnlyList<string> Languages { get; init; } = ["en"];

    /// <summary>Phrases besides our own.</summary>
    public IReadOnlyList<string> Phrases { get; init; } = [];

    /// <summary>The key that says it; null: none.</summary>
    public char? Key { get; init; } = '9';

    /// <summary>Dispositions of the agent that mean it.</summary>
    public IReadOnlyList<string> Dispositions { get; init; } = ["do_not_call"];

    /// <summary>Said before the call ends.</summary>
    public string Goodbye { get; init; } = "I understand. We will not call you again. Goodbye.";
}
