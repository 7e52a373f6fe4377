using System.Text.Json;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

/// <summary>
/// Something a language model may ask for. One tool serves all calls; thread-safe. Arguments have been checked against
/// <see cref="Schema"/> before <see cref="CallAsync"/> sees them.
/// </summary>
public interface ITool
{
    /// <summary>What the model calls it: 1 to 64 letters, digits, '_' or '-' (what every provider accepts).</summary>
    string Name { get; }

    /// <summary>What it does and when to use it, for the model.</summary>
    string Description { get; }

    /// <summary>A JSON schema of type "object" for the arguments.</summary>
    JsonElement Schema { get; }

    /// <summary>It changes something outside the conversation: it never runs before the caller's turn stands.</summary>
    bool HasSideEffect { get; }

    /// <summary>Calling it twice does what calling it once does: it may be tried again after a failure that may pass.</summary>
    bool IsIdempotent { get; }

    /// <summary>For one try. After it <see cref="CallAsync"/>'s token is cancelled and the model learns that there was no answer in time.</summary>
    TimeSpan Timeout { get; }

    /// <summary>
    /// Does it. What is expected to fail is a value (<see cref="ToolResult.Failed"/>); an exception counts as a failure too and
    /// never ends the call. Only <see cref="OperationCanceledException"/> for the given token goes through.
    /// </summary>
    Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken);
}

/// <summary>Tools that are only known once somebody was asked (an MCP server). Asked once, at start.</summary>
public interface IToolSource : IAsyncDisposable
{
    /// <summary>As the configuration names it, for messages.</summary>
    string Name { get; }

    /// <exception cref="EngineException">The source cannot be had; the message says what to do.</exception>
    Task<IReadOnlyList<ITool>> FindAsync(CancellationToken cancellationToken);
}

/// <summary>The moment a tool is called in.</summary>
/// <param name="Agent">The name of the agent that asks.</param>
/// <param name="Now">Local time.</param>
public sealed record ToolContext(CallInfo Call, string Agent, DateTimeOffset Now);

public enum ToolOutcome
{
    Ok,
    Failed,
}

/// <summary>What came of a tool.</summary>
/// <param name="Text">For the model only, never spoken: plain text or JSON. It is cut at <see cref="MaxTextLength"/> and marked as data.</param>
public sealed record ToolResult(ToolOutcome Outcome, string Text)
{
    /// <summary>Longer texts cost tokens and time; the rest is cut.</summary>
    public const int MaxTextLength = 8_000;

    /// <summary>Steps that become part of the reply, in order, after what the agent has said so far.</summary>
    public IReadOnlyList<DialogueAction> Actions { get; init; } = [];

    /// <summary>The failure may pass (a time-out, a 503): an idempotent tool is tried once more.</summary>
    public bool MayPass { get; init; }

    /// <summary>Another agent of the configuration takes the call over; null for none.</summary>
    public HandOver? HandOver { get; init; }

    public static ToolResult Ok(string text, params IReadOnlyList<DialogueAction> actions) => new(ToolOutcome.Ok, text) { Actions = actions };

    public static ToolResult Failed(string text, bool mayPass = false) => new(ToolOutcome.Failed, text) { MayPass = mayPass };
}

/// <param name="Agent">The name of the agent that takes over.</param>
/// <param name="Reason">A short sentence for it.</param>
public sealed record HandOver(string Agent, string Reason);
