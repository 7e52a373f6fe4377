using System.Text.Json;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Server.Storage.Campaigns;

internal sealed record CampaignRow
{
    public required string Id { get; init; }
    public required string Agent { get; init; }
    public required string Definition { get; init; }
    public required string DoNotCallLists { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public CampaignState State { get; init; }

    public IReadOnlyList<string> Lists => JsonSerializer.Deserialize<string[]>(DoNotCallLists)!;

    public Campaign ToCampaign() => new() { Id = Id, Agent = Agent, Definition = Definition, DoNotCallLists = Lists, CreatedAt = CreatedAt };
}

internal sealed record ContactRow
{
    public const string Columns = "id, campaign_id, number, time_zone, variables, state, attempts, last_outcome, due_at, do_not_call_list, lease_node, lease_token, lease_expires_at, running_attempt, is_forgotten";

    public long Id { get; init; }
    public required string CampaignId { get; init; }
    public required string Number { get; init; }
    public string? TimeZone { get; init; }
    public required string Variables { get; init; }
    public ContactState State { get; init; }
    public int Attempts { get; init; }
    public string? LastOutcome { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public string? DoNotCallList { get; init; }
    public string? LeaseNode { get; init; }
    public long LeaseToken { get; init; }
    public DateTimeOffset? LeaseExpiresAt { get; init; }
    public long? RunningAttempt { get; init; }
    public bool IsForgotten { get; init; }

    public Contact ToContact() => new()
    {
        Id = Id,
        CampaignId = CampaignId,
        Number = Stored.Number(Number),
        TimeZone = TimeZone,
        Variables = JsonSerializer.Deserialize<Dictionary<string, string>>(Variables)!,
        State = State,
        Attempts = Attempts,
        LastOutcome = Stored.Outcome(LastOutcome),
        DueAt = DueAt,
        DoNotCallList = DoNotCallList,
    };

    /// <summary>Whether the lease is still the one that the row knows, and no attempt was begun with it.</summary>
    public bool IsHeldBy(Lease lease) => State == ContactState.Leased && LeaseNode == lease.Node && LeaseToken == lease.Token && RunningAttempt is null;
}

internal sealed record AttemptRow
{
    public const string Columns = "id, contact_id, campaign_id, ordinal, started_at, node, caller_id, outcome, ended_at, call_id";

    public long Id { get; init; }
    public long ContactId { get; init; }
    public required string CampaignId { get; init; }
    public int Ordinal { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public required string Node { get; init; }
    public string? CallerId { get; init; }
    public string? Outcome { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? CallId { get; init; }

    public Attempt ToAttempt() => new()
    {
        Id = Id,
        ContactId = ContactId,
        CampaignId = CampaignId,
        Number = Ordinal,
        StartedAt = StartedAt,
        Node = Node,
        CallerId = CallerId,
        Outcome = Stored.Outcome(Outcome),
        EndedAt = EndedAt,
        CallId = CallId,
    };
}

/// <summary>Back from how it is stored.</summary>
internal static class Stored
{
    // Not by Dapper: it looks at the first row to see how a column is to be read, and there it may be null.
    public static AttemptOutcome? Outcome(string? name) => name is null ? null : Enum.Parse<AttemptOutcome>(name);

    /// <exception cref="CampaignStoreException">Something else has written into the table.</exception>
    public static PhoneNumber Number(string text) => PhoneNumber.TryCreate(text, out PhoneNumber number)
        ? number
        : throw new CampaignStoreException("A number in the database is not in its international form, so it was not written by this program: look for numbers that do not begin with '+' in campaign_contacts and do_not_call.");
}
