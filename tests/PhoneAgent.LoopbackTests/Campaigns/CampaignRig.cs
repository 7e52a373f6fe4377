using System.Globalization;
using System.Text;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.LoopbackTests.Rig;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Campaigns;

/// <summary>
/// Whole campaigns: real servers, real calls to sipp on loopback, and the books compared with what reached the callees. Smaller
/// ones with every run of the tests; the full ones, with 500 contacts and twenty kills, by PHONEAGENT_FULL_CAMPAIGN=1.
/// </summary>
public abstract class CampaignRig(ITestOutputHelper output) : IDisposable
{
    protected static readonly bool IsFull = Environment.GetEnvironmentVariable("PHONEAGENT_FULL_CAMPAIGN") == "1";
    private static readonly TimeSpan s_spacing = TimeSpan.FromMinutes(1);

    // Sound has to be heard in time: twelve calls, both ends of them, are a fraction of what two cores can carry.
    private const int CallsAtOnce = 40, CallsAtOnceWithSound = 12;

    // Slow enough to be killed in the middle: a fast dialer would have begun with everybody before the first kill. And with sound, slow
    // enough that ten calls do not meet a program which has just begun: it is compiled while they speak, and hears nothing of them.
    private const int CallsPerSecond = 100, SlowCallsPerSecond = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected Task RunOnSqliteAsync(int contacts, int kills, bool hasSound = false) =>
        RunAsync(contacts, kills, nodes: 1, new SqliteDatabase(Path.Combine(_folder, "campaigns.db")), $"  file: {_folder}/campaigns.db", hasSound);

    protected async Task RunOnPostgresAsync(int contacts, int kills, int nodes)
    {
        string connection = await PostgresServer.NewDatabaseAsync();
        await RunAsync(contacts, kills, nodes, new PostgresDatabase(connection, null), $"  kind: postgres\n  postgres: \"{connection}\"", hasSound: false);
    }

    private async Task RunAsync(int contacts, int kills, int nodes, SqlDatabase database, string storage, bool hasSound)
    {
        await using SqlDatabase closing = database;
        await database.MigrateAsync(Schema.All, TimeProvider.System, default);
        var store = new CampaignStore(database, TimeProvider.System);
        await CreateAsync(store, contacts, callsPerSecond: kills > 0 || hasSound ? SlowCallsPerSecond : CallsPerSecond, hasSound);
        await using Callees callees = await Callees.StartAsync(_folder, hasSound);
        var servers = new List<CampaignServer>();
        try
        {
            for (int node = 0; node < nodes; node++)
                servers.Add(Start(node));
            for (int kill = 0; kill < kills; kill++)
            {
                // In the middle of things: so many calls after the last kill.
                int before = Count(callees);
                // Those who were lost are called again after the spacing.
                await Poll.UntilAsync($"calls after kill {kill}", 2 * s_spacing.TotalSeconds, () => Count(callees) >= Math.Min(before + Math.Max(3, contacts / (kills + 2)), contacts * 9 / 10), () => servers[0].Output);
                await servers[kill % nodes].KillAsync();
                servers[kill % nodes] = Start(kill % nodes);
            }
            CampaignStatus status = null!;
            await Poll.UntilAsync("the end of the campaign", hasSound ? 1_200 : 400, () => (status = store.GetAsync("rig", default).GetAwaiter().GetResult()!).State == CampaignState.Completed,
                () => $"{status}\n{servers[0].Output}", millisecondsBetween: 250);
        }
        finally
        {
            foreach (CampaignServer server in servers)
                await server.DisposeAsync();
        }
        await CompareAsync(store, database, callees, contacts, kills, hasSound);

        CampaignServer Start(int node) => CampaignServer.Start(_folder, $"node{node}", callees.Port, storage, CallsAtOnce, lease: kills > 0 ? "2s" : "30s");
    }

    private static int Count(Callees callees) => callees.Calls().Sum(calls => calls.Count());

    private static async Task CreateAsync(CampaignStore store, int contacts, int callsPerSecond, bool hasSound)
    {
        string definition = FormattableString.Invariant($$"""
            agent: caller
            trunk: rig
            ring_timeout: 8s
            window: {open: {monday-sunday: "0:00-24:00"} }
            retry: {attempts: 50, spacing: {{s_spacing.TotalSeconds}}s, outcomes: {lost: 1s} }
            pacing: {calls_at_once: {{(hasSound ? CallsAtOnceWithSound : CallsAtOnce)}}, calls_per_second: {{callsPerSecond}}}
            answering: {{(hasSound ? "{on_machine: leave-message, message: Please call us back.}" : "{detect: false}")}}
            do_not_call: [company]
            """);
        Assert.True(CampaignPlan.TryParse(definition, "rig.yaml", out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        Assert.True(await store.CreateAsync(new Campaign { Id = "rig", Agent = "caller", Definition = definition, DoNotCallLists = plan.DoNotCallLists, CreatedAt = TimeProvider.System.GetUtcNow() }, default));
        ImportCounts counts = await store.ImportAsync("rig", Enumerable.Range(0, contacts).Select(index => new NewContact { Number = Number(index) }), TimeProvider.System.GetUtcNow(), default);
        Assert.Equal(contacts, counts.Added);
        Assert.True(await store.SetStateAsync("rig", [CampaignState.Draft], CampaignState.Running, default));
    }

    private async Task CompareAsync(CampaignStore store, SqlDatabase database, Callees callees, int contacts, int kills, bool hasSound)
    {
        ILookup<string, DateTimeOffset> calls = callees.Calls();
        List<Attempt> attempts = [];
        await foreach (Attempt attempt in store.AttemptsAsync("rig", default))
            attempts.Add(attempt);
        ILookup<long, Attempt> byContact = attempts.ToLookup(attempt => attempt.ContactId);
        int wrong = 0, seen = 0;
        await foreach (Contact contact in store.ContactsAsync("rig", default))
        {
            seen++;
            string number = contact.Number.Value;
            DateTimeOffset[] reached = [.. calls[number]];
            bool isRight = contact.State == ContactState.Finished && contact.LastOutcome == Callees.Truth(number, hasSound) && reached.Length is > 0
                // A crash can lose a call, never repeat one.
                && reached.Length <= byContact[contact.Id].Count() && (kills > 0 || reached.Length == 1)
                && byContact[contact.Id].SkipLast(1).All(attempt => attempt.Outcome == AttemptOutcome.Lost);
            // What lies between our clock and sipp's log is far below a second, also on a busy machine.
            bool isSpaced = reached.Zip(reached.Skip(1)).All(pair => pair.Second - pair.First > s_spacing - TimeSpan.FromSeconds(1));
            if (isRight && isSpaced)
                continue;
            wrong++;
            output.WriteLine($"{number}: {contact.State} {contact.LastOutcome}, truth {Callees.Truth(number, hasSound)}; attempts {string.Join(", ", byContact[contact.Id].Select(a => $"{a.StartedAt:HH:mm:ss.fff} {a.Node} {a.Outcome}"))}; called {string.Join(", ", reached.Select(at => at.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)))}");
            if (wrong <= 5 && byContact[contact.Id].LastOrDefault()?.CallId is { } call)
                output.WriteLine(await TimelineAsync(database, call));
        }
        int lost = attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Lost);
        output.WriteLine($"{seen} contacts, {attempts.Count} attempts of {attempts.Select(a => a.Node).Distinct().Count()} runs, {lost} lost in {kills} kills, {calls.Sum(c => c.Count())} calls reached callees; {wrong} contacts wrong");
        Assert.Equal((contacts, 0), (seen, wrong));
        Assert.All(attempts, attempt => Assert.NotNull(attempt.Outcome));
        CampaignStatus status = (await store.GetAsync("rig", default))!;
        Assert.Equal((contacts, 0, 0), (status.Finished, status.Waiting, status.Leased));
        Assert.Equal(attempts.Count, status.Outcomes.Values.Sum());
        if (kills == 0)
            Assert.Equal(0, lost);
    }

    private static async Task<string> TimelineAsync(SqlDatabase database, string call) =>
        string.Join('\n', (await database.ReadAsync(session => session.QueryAsync<byte[]>("SELECT event FROM call_events WHERE call_id = @call ORDER BY number", new { call }), default)).Select(Encoding.UTF8.GetString));

    private static PhoneNumber Number(int index) =>
        PhoneNumber.TryCreate(string.Create(CultureInfo.InvariantCulture, $"+4930{1_000_000 + index}"), out PhoneNumber number) ? number : throw new InvalidOperationException();
}
