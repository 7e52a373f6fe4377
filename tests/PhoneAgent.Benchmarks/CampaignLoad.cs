using System.Diagnostics;
using Microsoft.Data.Sqlite;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing.Contracts.Campaigns;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// What a campaign costs the database: an import, against a loop that inserts the same rows with one prepared statement into a
/// bare table of the same file system; then as many attempts at once as a busy dialer has, each leased, begun and finished.
/// </summary>
internal static class CampaignLoad
{
    private const int Rounds = 5, Attempts = 500;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static async Task<int> RunAsync(int contacts)
    {
        NewContact[] rows = [.. Enumerable.Range(0, contacts).Select(index => CampaignStoreWorld.New(index, $"name {index}"))];
        List<TimeSpan> bare = [], sqlite = [], postgres = [];
        for (int round = 0; round < Rounds; round++)
        {
            bare.Add(await BareAsync(rows));
            sqlite.Add(await ImportAsync(TestDatabase.SqliteAsync(), rows));
            if (PostgresServer.Missing is null)
                postgres.Add(await ImportAsync(TestDatabase.PostgresAsync(), rows));
        }
        Console.WriteLine($"{contacts} contacts, the median of {Rounds}:");
        Print("bare loop, SQLite", bare, bare);
        Print("import, SQLite", sqlite, bare);
        Print("import, PostgreSQL", postgres, bare);

        await AttemptsAsync("SQLite", await TestDatabase.SqliteAsync(), rows);
        if (PostgresServer.Missing is null)
            await AttemptsAsync("PostgreSQL, fsync off", await TestDatabase.PostgresAsync(), rows);
        return 0;
    }

    private static void Print(string name, List<TimeSpan> times, List<TimeSpan> bare)
    {
        if (times.Count > 0)
            Console.WriteLine($"{name,-20} {Median(times).TotalMilliseconds,6:0} ms   {Median(times) / Median(bare):0.00} of the bare loop");
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static async Task<TimeSpan> ImportAsync(Task<TestDatabase> open, NewContact[] rows)
    {
        await using TestDatabase test = await open;
        CampaignStore store = await DraftAsync(test);
        long start = Stopwatch.GetTimestamp();
        ImportCounts counts = await store.ImportAsync("spring", rows, Now, default);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        return counts.Added == rows.Length ? took : throw new InvalidOperationException($"{counts.Added} of {rows.Length} contacts were added.");
    }

    // No indexes, no lists, no duplicates: as fast as this library and this disk are.
    private static async Task<TimeSpan> BareAsync(NewContact[] rows)
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync([]);
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = test.Database.Place, Pooling = false }.ToString());
        connection.Open();
        await using SqliteCommand table = connection.CreateCommand();
        table.CommandText = "CREATE TABLE bare (campaign_id TEXT, number TEXT, time_zone TEXT, variables TEXT, state TEXT, due_at INTEGER)";
        table.ExecuteNonQuery();
        long start = Stopwatch.GetTimestamp();
        await using SqliteTransaction transaction = connection.BeginTransaction();
        await using SqliteCommand insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO bare VALUES ('spring', @number, NULL, @variables, 'Waiting', 0)";
        SqliteParameter number = insert.Parameters.Add("@number", SqliteType.Text);
        SqliteParameter variables = insert.Parameters.Add("@variables", SqliteType.Text);
        insert.Prepare();
        foreach (NewContact row in rows)
        {
            number.Value = row.Number.Value;
            variables.Value = $"{{\"name\":\"{row.Variables["name"]}\"}}";
            insert.ExecuteNonQuery();
        }
        transaction.Commit();
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task AttemptsAsync(string name, TestDatabase test, NewContact[] rows)
    {
        await using (test)
        {
            CampaignStore store = await DraftAsync(test);
            await store.ImportAsync("spring", rows, Now, default);
            await store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default);
            TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            for (int made = 0; made < Attempts;)
            {
                IReadOnlyList<Lease> leases = await store.LeaseAsync("spring", "n1", 10, Now, Lease, default);
                await Task.WhenAll(leases.Select(lease => CallAsync(store, lease)));
                made += leases.Count;
            }
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            Console.WriteLine($"{name,-22} {Attempts / took.TotalSeconds,6:0} attempts/s begun and finished, ten at once; {used.TotalMilliseconds / Attempts:0.00} ms CPU each");
        }
    }

    private static async Task CallAsync(CampaignStore store, Lease lease)
    {
        var begun = (AttemptStart.Begun)await store.BeginAsync(lease, null, TimeSpan.FromHours(1), Now, default);
        await store.FinishAsync(begun.Attempt.Id, AttemptOutcome.Answered, "call", Now, null, default);
    }

    private static async Task<CampaignStore> DraftAsync(TestDatabase test)
    {
        var store = new CampaignStore(test.Database, TimeProvider.System);
        await store.CreateAsync(new Campaign { Id = "spring", Agent = "front-desk", Definition = "", DoNotCallLists = ["company"], CreatedAt = Now }, default);
        return store;
    }
}
