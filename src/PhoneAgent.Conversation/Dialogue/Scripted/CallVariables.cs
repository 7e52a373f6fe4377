using System.Globalization;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>What <c>{name}</c> stands for in every text of an agent, without anything a script has set.</summary>
internal static class CallVariables
{
    public static readonly IReadOnlyList<string> Names =
        ["today", "tomorrow", "now", "agent.name", "agent.human", "call.id", "caller.number", "caller.name", "called.number", "handover.from", "handover.reason"];

    /// <summary>What the campaign's file says of the contact: {contact.name}. Which ones there are is known with the contact only.</summary>
    private const string OfContact = "contact.";

    /// <summary>A name that has its value from the call, never from the script.</summary>
    public static bool IsKnown(string name) => Names.Contains(name) || IsOfContact(name);

    private static bool IsOfContact(string name) => name.StartsWith(OfContact, StringComparison.Ordinal) && name.Length > OfContact.Length;

    /// <summary>Null when it is none of these.</summary>
    public static string? Value(string name, AgentDefinition agent, CallInfo? call, DateTimeOffset now) => name switch
    {
        "today" => Iso(now),
        "tomorrow" => Iso(now.AddDays(1)),
        "now" => now.ToString("HH:mm", CultureInfo.InvariantCulture),
        "agent.name" => agent.Name,
        "agent.human" => agent.HumanTarget ?? "",
        "call.id" => call?.Id ?? "",
        "caller.number" => call?.RemoteParty ?? "",
        "caller.name" => call?.RemoteDisplayName ?? "",
        "called.number" => call?.LocalParty ?? "",
        _ when IsOfContact(name) => call?.Contact.GetValueOrDefault(name[OfContact.Length..]) ?? "",
        _ => null,
    };

    private static string Iso(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
