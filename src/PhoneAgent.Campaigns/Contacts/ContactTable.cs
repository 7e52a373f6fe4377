using PhoneAgent.Conversation;

namespace PhoneAgent.Campaigns.Contacts;

/// <summary>What became of a file of contacts.</summary>
/// <param name="Contacts">Each number once, in the order of their first rows.</param>
/// <param name="Problems">The first thousand, each with its line; without numbers and names.</param>
/// <param name="Bad">How many problems there are; one a row, unless the table itself is wrong.</param>
/// <param name="Duplicates">Rows whose number an earlier one had: what they say goes over what that said.</param>
/// <param name="IsComplete">False when reading stopped before the end; the last problem says why.</param>
public sealed record ContactTable(IReadOnlyList<NewContact> Contacts, IReadOnlyList<ConfigProblem> Problems, int Bad, int Duplicates, bool IsComplete);
