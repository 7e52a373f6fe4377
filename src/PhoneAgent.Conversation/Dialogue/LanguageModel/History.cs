using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>What has been said in a call, as far as the model is told. Immutable.</summary>
/// <param name="Summary">Of what is no longer told word by word; "" for nothing.</param>
internal sealed record History(string Summary, ImmutableList<Exchange> Exchanges)
{
    public static readonly History Empty = new("", []);

    /// <summary>The last turns are never summarised: what was just said must be there word by word.</summary>
    private const int KeptWhole = 4;

    /// <summary>The part of the budget from which on old turns are summarised, so that there is time before it is full.</summary>
    private const double SummaryFrom = 0.6;

    public History Add(Exchange exchange) => this with { Exchanges = Exchanges.Add(exchange) };

    /// <summary>How many of the oldest exchanges should be summarised now; 0 for none.</summary>
    public int DueForSummary(TokenEstimate estimate, int budget)
    {
        int old = Exchanges.Count - KeptWhole;
        return old > 0 && estimate.Of(Exchanges.SelectMany(exchange => exchange.Messages())) > budget * SummaryFrom ? old : 0;
    }

    public History Summarized(int count, string summary) => new(summary, Exchanges.RemoveRange(0, count));

    /// <summary>The messages of the newest exchanges that fit into a number of tokens.</summary>
    public List<ChatMessage> Fit(TokenEstimate estimate, int tokens)
    {
        var kept = new Stack<List<ChatMessage>>();
        for (int i = Exchanges.Count - 1; i >= 0; i--)
        {
            List<ChatMessage> messages = [.. Exchanges[i].Messages()];
            tokens -= estimate.Of(messages);
            if (tokens < 0)
                break;
            kept.Push(messages);
        }
        return [.. kept.SelectMany(messages => messages)];
    }

    /// <summary>For a summary: who said what, and what the tools gave.</summary>
    public string Transcript(int count) => string.Join('\n', Exchanges.Take(count).SelectMany(Lines));

    private static IEnumerable<string> Lines(Exchange exchange)
    {
        if (exchange.Caller.Length > 0)
            yield return $"Caller: {exchange.Caller}";
        foreach (ToolAnswer answer in exchange.Rounds.SelectMany(round => round.Answers))
            yield return $"Tool {answer.Call.Name}: {answer.Result}";
        if ((exchange.Heard ?? exchange.Said) is { Length: > 0 } said)
            yield return $"Agent: {said}";
    }
}
