namespace PhoneAgent.Conversation.Dialogue.Lookups;

/// <summary>
/// Finds something by what the caller said. One lookup serves all calls; thread-safe. It must have no effect on what it asks:
/// the dialogue may ask on a guess, before the caller's turn is over.
/// </summary>
public interface ILookup
{
    /// <summary>Never throws for a source that fails; a cancelled token throws <see cref="OperationCanceledException"/>.</summary>
    /// <param name="key">What to look for, as the script's variable holds it.</param>
    /// <param name="variables">All of the script's variables, for a source that is asked with several.</param>
    ValueTask<LookupResult> FindAsync(string key, Func<string, string> variables, CancellationToken cancellationToken);
}

public enum LookupOutcome
{
    Found,
    NotFound,
    /// <summary>The source could not be asked, was too late, or answered nonsense.</summary>
    Failed,
}

/// <param name="Values">What was found, by field; empty unless <see cref="LookupOutcome.Found"/>.</param>
/// <param name="Error">Why it failed, for the record of the call; no personal data.</param>
public sealed record LookupResult(LookupOutcome Outcome, IReadOnlyDictionary<string, string> Values, string? Error = null)
{
    private static readonly Dictionary<string, string> None = [];

    public static readonly LookupResult NotFound = new(LookupOutcome.NotFound, None);

    public static LookupResult Found(IReadOnlyDictionary<string, string> values) => new(LookupOutcome.Found, values);

    public static LookupResult Failed(string error) => new(LookupOutcome.Failed, None, error);
}
