namespace PhoneAgent.Conversation.Providers;

/// <summary>What a language model costs, in the currency of its price list.</summary>
/// <param name="Input">For a million tokens of the request.</param>
/// <param name="Output">For a million tokens of the answer.</param>
public sealed record ModelPrice(decimal Input, decimal Output)
{
    public decimal Of(long inputTokens, long outputTokens) => (inputTokens * Input + outputTokens * Output) / 1_000_000m;
}
