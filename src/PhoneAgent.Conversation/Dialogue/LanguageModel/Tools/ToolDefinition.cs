using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

/// <summary>A tool as an agent file names it.</summary>
/// <param name="Name">What the model calls it.</param>
/// <param name="Description">When to use it; null: the built-in description.</param>
public abstract record ToolDefinition(string Name, string? Description)
{
    /// <summary>To a person. <paramref name="Targets"/>: what the model may name → number or SIP address.</summary>
    public sealed record Transfer(string Name, string? Description, IReadOnlyDictionary<string, string> Targets) : ToolDefinition(Name, Description)
    {
        /// <summary>Who stands behind the number of the agent's people; null where there is nobody.</summary>
        public HumanPlan? Humans { get; init; }

        /// <summary>What the model may name besides, each a skill of these people.</summary>
        public IReadOnlyList<string> Skills { get; init; } = [];
    }

    /// <param name="Dispositions">The words to end a call with; empty: "completed".</param>
    public sealed record HangUp(string Name, string? Description, IReadOnlyList<string> Dispositions) : ToolDefinition(Name, Description);

    /// <summary>Presses keys for a machine at the other end.</summary>
    public sealed record Keys(string Name, string? Description) : ToolDefinition(Name, Description);

    /// <summary>Takes a message down, as notes of the call.</summary>
    public sealed record Message(string Name, string? Description) : ToolDefinition(Name, Description);

    /// <summary>Notes when and where the caller wants to be called back.</summary>
    public sealed record Callback(string Name, string? Description) : ToolDefinition(Name, Description);

    /// <summary>Files the call under one of some words, without ending it.</summary>
    public sealed record Disposition(string Name, string? Description, IReadOnlyList<string> Values) : ToolDefinition(Name, Description);

    /// <summary>Asks a lookup of the file.</summary>
    /// <param name="Parameters">What the model gives.</param>
    /// <param name="Key">What to look for; uses the parameters.</param>
    public sealed record Lookup(string Name, string? Description, LookupSource Source, IReadOnlyList<ToolParameter> Parameters, Template Key, TimeSpan Timeout)
        : ToolDefinition(Name, Description);

    /// <summary>Gives the call to another agent of the configuration.</summary>
    /// <param name="Agents">Name → when it should.</param>
    public sealed record HandOverTo(string Name, string? Description, IReadOnlyDictionary<string, string> Agents) : ToolDefinition(Name, Description);

    /// <summary>Searches the agent's knowledge.</summary>
    public sealed record Search(string Name, string? Description) : ToolDefinition(Name, Description);

    /// <summary>The tools of a server that the configuration names.</summary>
    /// <param name="Of">The server's name.</param>
    /// <param name="Only">As the doctor lists them (<c>crm_find_customer</c>: the server, then its tool); empty: all.</param>
    public sealed record Server(string Name, string? Description, string Of, IReadOnlyList<string> Only) : ToolDefinition(Name, Description);
}

/// <param name="Pattern">A regular expression for the whole value; null: anything.</param>
public sealed record ToolParameter(string Name, string Description, string? Pattern, IReadOnlyList<string> Values, bool Required);
