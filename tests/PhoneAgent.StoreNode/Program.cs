using System.Globalization;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.StoreNode;

// Usage: FILE CAMPAIGN NODE SECONDS. Works through a campaign in an SQLite file and writes on its standard output what would go out
// on the telephone line: "dial ATTEMPT NUMBER SECONDS", "done ATTEMPT OUTCOME". SECONDS since 1970 is when it starts; each call
// takes one second, because nobody waits here for real ones. With "outbox" in the first place: see OutboxNode.
if (args[0] == "outbox")
    return await OutboxNode.RunAsync(args);
string campaignId = args[1], node = args[2];
long second = long.Parse(args[3], CultureInfo.InvariantCulture);
TimeSpan lease = TimeSpan.FromSeconds(30), spacing = TimeSpan.FromMinutes(10);
const int MaxAttempts = 3, AtOnce = 3;

await using var database = new SqliteDatabase(args[0]);
await database.MigrateAsync(Schema.All, TimeProvider.System, default);
var store = new CampaignStore(database, TimeProvider.System);
foreach (Attempt lost in await store.RecoverAsync(Now(), lease, default))
    await FinishAsync(lost, AttemptOutcome.Lost);
while (await store.LeaseAsync(campaignId, node, AtOnce, Now(), lease, default) is { Count: > 0 } leases)
{
    await Task.WhenAll(leases.Select(CallAsync));
    Interlocked.Increment(ref second);
    await store.RenewAsync(node, Now(), lease, default);
}
return 0;

async Task CallAsync(Lease contact)
{
    if (await store.BeginAsync(contact, null, spacing, Now(), default) is not AttemptStart.Begun { Attempt: var attempt })
        return;
    Say($"dial {attempt.Id} {contact.Contact.Number} {attempt.StartedAt.ToUnixTimeSeconds()}");
    AttemptOutcome outcome = ((contact.Contact.Id + attempt.Number) % 3) switch { 0 => AttemptOutcome.Answered, 1 => AttemptOutcome.Busy, _ => AttemptOutcome.NoAnswer };
    if (await FinishAsync(attempt, outcome))
        Say($"done {attempt.Id} {outcome}");
}

Task<bool> FinishAsync(Attempt attempt, AttemptOutcome outcome) =>
    store.FinishAsync(attempt.Id, outcome, null, Now(), outcome == AttemptOutcome.Answered || attempt.Number >= MaxAttempts ? null : Now() + spacing, default);

DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(Interlocked.Read(ref second));

// One write, which the console lets nobody into: a kill leaves a whole line or none.
static void Say(string line) => Console.Out.Write(line + "\n");
