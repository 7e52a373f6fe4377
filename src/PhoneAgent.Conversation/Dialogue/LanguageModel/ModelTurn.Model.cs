using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>What the model says and asks for.</summary>
internal sealed partial class ModelTurn
{
    /// <summary>More tools at once than anybody needs: a model gone wild.</summary>
    private const int MaxCallsPerRound = 8;

    /// <summary>Of the budget, what is left for the answer and for a provider's own counting.</summary>
    private const double Headroom = 0.9;

    /// <summary>Characters that a tool's answer has in any case.</summary>
    private const int ShortestAnswer = 400;

    private readonly SpeechStream _speech = new(parts.Model, parts.Guard, DateOnly.FromDateTime(parts.Time.GetLocalNow().DateTime));
    private readonly ModelStream _stream = new(parts.Client, parts.Model, parts.Time, leave);
    private readonly ToolRunner _tools = new(parts.Tools, parts.Time);
    private bool _hasSpoken;

    /// <param name="message">The caller's side of the turn.</param>
    /// <param name="query">What passages are searched for; "" for none.</param>
    private async Task AskModelAsync(string message, string query, CancellationToken cancellationToken)
    {
        BeginExchange(message);
        string passages = Passages(query);
        try
        {
            for (int round = 0; ; round++)
            {
                IReadOnlyList<FunctionCallContent> calls = await StreamAsync(passages, mayCall: round < parts.Model.ToolRounds, cancellationToken).ConfigureAwait(false);
                // A model that asks for tools it was not given is not asked again.
                if (calls.Count == 0 || round == parts.Model.ToolRounds)
                    break;
                if (await CallToolsAsync(calls, cancellationToken).ConfigureAwait(false))
                    return;
            }
            if (!_hasSpoken)
                throw new EngineException("the model answered nothing that can be said");
        }
        catch (Exception e) when (_hasSpoken && !cancellationToken.IsCancellationRequested)
        {
            // Whatever a provider throws: the caller has heard the beginning, and is asked to take it up again.
            Report(new TimelineEvent.Failure("llm", e.Message, "the reply ends early") { At = TimeSpan.Zero });
            SayWording("lost_thread");
        }
        Listen();
    }

    private string Passages(string query)
    {
        if (query.Length == 0 || parts.Knowledge is not { } knowledge)
            return "";
        IReadOnlyList<Passage> found = knowledge.Search(query, Agent.Knowledge!.Passages);
        return found.Count == 0 ? "" : DataFrame.Passages(found);
    }

    /// <summary>One request: says what comes, gives the tools that are asked for.</summary>
    private async Task<IReadOnlyList<FunctionCallContent>> StreamAsync(string passages, bool mayCall, CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = Messages(passages);
        var calls = new List<FunctionCallContent>();
        await _stream.ReadAsync(messages, Options(mayCall), content => Take(content, messages, calls), cancellationToken).ConfigureAwait(false);
        Speak(_speech.Flush(progress.State.Language));
        // Whoever talked a model into a reply that must not be said does not get its tools either.
        return _isRefused ? [] : calls;
    }

    /// <summary>A server that does not keep to the longest answer: no token is that long.</summary>
    private const int CharactersPerToken = 32;

    private int _written;

    private bool Take(AIContent content, List<ChatMessage> messages, List<FunctionCallContent> calls)
    {
        switch (content)
        {
            case TextContent text:
                Speak(_speech.Add(text.Text, progress.State.Language));
                _written += text.Text.Length;
                break;
            case FunctionCallContent call:
                calls.Add(call);
                break;
            case UsageContent usage:
                snapshot.Estimate.Learn(messages, parts.Tools.Characters, usage.Details.InputTokenCount ?? 0);
                break;
        }
        // A reply that was refused is over; one that is long enough may still have a tool to call.
        return _speech.Refused is null && calls.Count < MaxCallsPerRound && _written < parts.Model.MaxTokens * CharactersPerToken * (parts.Model.ToolRounds + 1);
    }

    private void Speak(IEnumerable<string> sentences)
    {
        foreach (string sentence in sentences)
        {
            _hasSpoken = true;
            Say(sentence);
        }
        if (_speech.Refused is not { } reason || _isRefused)
            return;
        _isRefused = _hasSpoken = true;
        Report(new TimelineEvent.Failure("llm", reason, "the rest was not said") { At = TimeSpan.Zero });
        SayWording("refusal");
    }

    private bool _isRefused;

    private List<ChatMessage> Messages(string passages)
    {
        ChatMessage system = System();
        List<ChatMessage> current = [.. progress.Exchange.Messages()];
        if (passages.Length > 0)
            current[0] = new ChatMessage(ChatRole.User, $"{passages}\n{progress.Exchange.Caller}");
        return [system, .. snapshot.History.Fit(snapshot.Estimate, Left([system, .. current])), .. current];
    }

    private ChatMessage System() =>
        new(ChatRole.System, Instructions.For(Agent, snapshot.Call, snapshot.StartedAt, parts.Tools.Tools.Count > 0, snapshot.History.Summary));

    /// <summary>Tokens of the budget that are left beside some messages.</summary>
    private int Left(IEnumerable<ChatMessage> messages) =>
        (int)(parts.Model.TokenBudget * Headroom) - parts.Model.MaxTokens - snapshot.Estimate.Of(parts.Tools.Characters) - snapshot.Estimate.Of(messages);

    /// <summary>Characters that the answer of a tool may have: half of what is left, so that there is some for the next and for what was said before.</summary>
    private int Room() => (int)Math.Clamp(
        Left([System(), .. progress.Exchange.Messages()]) * snapshot.Estimate.CharactersPerToken / 2, ShortestAnswer, ToolResult.MaxTextLength);

    private ChatOptions Options(bool mayCall) => new ChatOptions
    {
        Temperature = (float?)parts.Model.Temperature,
        MaxOutputTokens = parts.Model.MaxTokens,
        // Once it has called often enough, the model can only speak.
        Tools = mayCall && parts.Tools.Declarations.Count > 0 ? [.. parts.Tools.Declarations] : null,
    }.WithReport(Report).WithPurpose(ChatReport.Reply);

    /// <returns>True when the reply is complete: the call is transferred, handed over or ends.</returns>
    private async Task<bool> CallToolsAsync(IReadOnlyList<FunctionCallContent> calls, CancellationToken cancellationToken)
    {
        const string Unknown = "The caller interrupted; it is not known whether this was done.";
        progress.Exchange = progress.Exchange.BeginRound(calls.Select(call => new ToolAnswer(call, DataFrame.Tool(call.Name, ToolOutcome.Failed, Unknown))));
        var context = new ToolContext(snapshot.Call, Agent.Name, _now);
        for (int i = 0; i < calls.Count; i++)
        {
            Task<ToolRun> run = _tools.RunAsync(calls[i], context, stands, cancellationToken);
            await BridgeAsync(run, parts.Tools.Find(calls[i].Name)?.HasSideEffect == true, cancellationToken).ConfigureAwait(false);
            ToolRun done = await run.ConfigureAwait(false);
            ToolResult result = Possible(done.Result);
            Report(result == done.Result ? done.Event : done.Event with { Outcome = "refused", Detail = result.Text });
            progress.Exchange = progress.Exchange.Answer(i, DataFrame.Tool(calls[i].Name, result.Outcome, result.Text, Room()));
            if (TakeEffect(result))
                return true;
        }
        return false;
    }

    private ToolResult Possible(ToolResult result)
    {
        if (result.HandOver is not { } handOver)
            return result;
        string? refusal = refusesHandOver is null ? "there is no other agent" : refusesHandOver(handOver.Agent);
        return refusal is null ? result : ToolResult.Failed($"The call cannot be handed over: {refusal}. Help the caller yourself, or offer a person.");
    }

    /// <summary>True when nothing can follow.</summary>
    private bool TakeEffect(ToolResult result)
    {
        if (result.HandOver is { } handOver)
        {
            emit(new DialogueAction.HandOver(handOver.Agent, handOver.Reason));
            return true;
        }
        foreach (DialogueAction action in result.Actions)
        {
            if (action is DialogueAction.Transfer or DialogueAction.HangUp)
            {
                // Nobody is sent away without a word.
                if (!_hasSpoken)
                    SayWording(action is DialogueAction.Transfer ? "human" : "goodbye");
                emit(action);
                return true;
            }
            emit(action);
        }
        return false;
    }
}
