using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// One turn of the caller and the reply to it, as the model is told of it later. Immutable: a reply works on its own
/// copy, which nobody sees unless it is committed.
/// </summary>
/// <param name="Caller">The message of the caller's side, notes of the telephone system in brackets included; "" for none.</param>
internal sealed record Exchange(string Caller)
{
    public const string InterruptedMark = "[interrupted by the caller]";
    public const string UnheardMark = "[interrupted by the caller before a word was heard]";

    /// <summary>What was said and which tools were asked for, request by request; the last round has no calls.</summary>
    public ImmutableList<ToolRound> Rounds { get; init; } = [];

    /// <summary>Said after the last round of tools.</summary>
    public string Tail { get; init; } = "";

    /// <summary>Words that only bridged a pause. They were heard, but a model that reads them in its own name begins to write them.</summary>
    public ImmutableList<string> Fillers { get; init; } = [];

    /// <summary>What the caller heard of it; null as long as nobody has told.</summary>
    public string? Heard { get; init; }

    public bool Interrupted { get; init; }

    /// <summary>All that was said, heard or not.</summary>
    public string Said => string.Join(' ', Rounds.Select(round => round.Text).Append(Tail).Where(text => text.Length > 0));

    public Exchange AddSaid(string text) => this with { Tail = Tail.Length == 0 ? text : $"{Tail} {text}" };

    /// <summary>The calls of a round that begins; what was said before belongs to it.</summary>
    public Exchange BeginRound(IEnumerable<ToolAnswer> answers) =>
        this with { Rounds = Rounds.Add(new ToolRound(Tail, [.. answers])), Tail = "" };

    /// <summary>The same with an answer of the last round filled in.</summary>
    public Exchange Answer(int index, string result)
    {
        ToolRound last = Rounds[^1];
        return this with { Rounds = Rounds.SetItem(Rounds.Count - 1, last with { Answers = last.Answers.SetItem(index, last.Answers[index] with { Result = result }) }) };
    }

    public Exchange HeardAs(string text, bool interrupted)
    {
        foreach (string filler in Fillers)
        {
            int at = text.IndexOf(filler, StringComparison.Ordinal);
            if (at >= 0)
                text = $"{text[..at].TrimEnd()} {text[(at + filler.Length)..].TrimStart()}".Trim();
        }
        return this with { Heard = text, Interrupted = interrupted };
    }

    public IEnumerable<ChatMessage> Messages()
    {
        if (Caller.Length > 0)
            yield return new ChatMessage(ChatRole.User, Caller);
        foreach (ToolRound round in Rounds)
        {
            // Once it is known what was heard, that stands at the end: what the rounds said is part of it.
            IEnumerable<AIContent> text = Heard is null && round.Text.Length > 0 ? [new TextContent(round.Text)] : [];
            yield return new ChatMessage(ChatRole.Assistant, [.. text, .. round.Answers.Select(answer => answer.Call)]);
            foreach (ToolAnswer answer in round.Answers)
                yield return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(answer.Call.CallId, answer.Result)]);
        }
        if (FinalText() is { Length: > 0 } final)
            yield return new ChatMessage(ChatRole.Assistant, final);
    }

    private string FinalText() => (Heard, Interrupted) switch
    {
        (null, _) => Tail,
        ("", true) => Said.Length == 0 ? "" : UnheardMark,
        (var heard, true) => $"{heard} {InterruptedMark}",
        (var heard, false) => heard,
    };
}

/// <param name="Text">Said before the tools were asked for.</param>
internal sealed record ToolRound(string Text, ImmutableList<ToolAnswer> Answers);

/// <param name="Result">As the model gets it, wrapped and marked as data.</param>
internal sealed record ToolAnswer(FunctionCallContent Call, string Result);
