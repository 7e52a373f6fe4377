using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// What keeping calls costs: events a second through the writer into each database, beside the same bytes appended to a plain file
/// with one fsync a batch; and searching many calls, beside finding one of them by its id.
/// </summary>
internal static class StorageLoad
{
    private static readonly string[] Topics = ["where is my parcel", "I want my money back", "what are your opening hours", "please change my address", "the bill is wrong again"];

    public static async Task<int> RunAsync(int calls, int events)
    {
        await RunAsync("SQLite", await TestDatabase.SqliteAsync(), calls, events);
        if (PostgresServer.Missing is { } reason)
            Console.WriteLine($"PostgreSQL           {reason}");
        else
            await RunAsync("PostgreSQL, no fsync", await TestDatabase.PostgresAsync(), calls, events);
        return 0;
    }

    private static async Task RunAsync(string name, TestDatabase database, int calls, int events)
    {
        await using var stored = new StoredCalls(database);
        double file = FileRate(stored.Folder, events), written = await WriteRateAsync(stored, events);
        Print(name, "events a second", written, $"{written / file:0.00} of a plain file's {file:0}");
        await FillAsync(stored, calls);
        double find = await MedianAsync(() => stored.Store.FindAsync("call-00042", default));
        foreach ((string what, HistoryQuery query) in Queries(calls))
        {
            int found = (await stored.Store.SearchAsync(query, default)).Total;
            double milliseconds = await MedianAsync(() => stored.Store.SearchAsync(query, default));
            Print(name, $"{what}, {found} of {calls}", milliseconds, $"ms; {milliseconds / find:0.0} of one call by its id ({find:0.00} ms)");
        }
    }

    private static IEnumerable<(string What, HistoryQuery Query)> Queries(int calls) =>
    [
        ("newest page", new HistoryQuery()),
        ("a word", new HistoryQuery { Words = "parcel" }),
        ("three words, rare", new HistoryQuery { Words = $"parcel number {calls / 2}" }),
        ("a number", new HistoryQuery { Number = "5550042" }),
        ("a day and a disposition", new HistoryQuery { Since = HistoryQuery.StartOf(new DateOnly(2026, 5, 4)), Until = HistoryQuery.EndOf(new DateOnly(2026, 5, 4)), Disposition = "parcel" }),
    ];

    // One transaction a batch in both: what the writer gathers.
    private static double FileRate(string folder, int events)
    {
        byte[][] lines = [.. StoredCalls.Events("one").Select(happened => TimelineRecord.Write(happened, null))];
        using var stream = new FileStream(Path.Combine(folder, "plain"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < events; i++)
        {
            stream.Write(lines[i % lines.Length]);
            if (i % 1000 == 999)
                stream.Flush(flushToDisk: true);
        }
        stream.Flush(flushToDisk: true);
        return events / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> WriteRateAsync(StoredCalls stored, int events)
    {
        IReadOnlyList<TimelineEvent> some = StoredCalls.Events("load");
        await using var writer = new CallWriter(stored.Log, TimeProvider.System, NullLogger<CallWriter>.Instance, TimeSpan.Zero);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < events; i++)
        {
            var change = new CallChange.Happened($"load-{i % 100}", i / 100, some[i % some.Count].At, TimelineRecord.Write(some[i % some.Count], null));
            while (!writer.TryWrite(change))
                await Task.Yield();
        }
        while (writer.Written < events)
            await Task.Yield();
        return events / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task FillAsync(StoredCalls stored, int calls)
    {
        for (int first = 0; first < calls; first += 500)
            await stored.Log.WriteAsync([.. Enumerable.Range(first, Math.Min(500, calls - first)).SelectMany(Call)], default);
    }

    private static IEnumerable<CallChange> Call(int number)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"call-{number:00000}"), caller = string.Create(CultureInfo.InvariantCulture, $"+1555{number:0000000}");
        string day = string.Create(CultureInfo.InvariantCulture, $"2026-05-{1 + number % 28:00}");
        // Ten turns of talk.
        var said = new StringBuilder();
        for (int turn = 0; turn < 10; turn++)
            said.Append(CultureInfo.InvariantCulture, $"{Topics[(number + turn) % Topics.Length]}, and the number of this is {number}. ");
        IReadOnlyList<TimelineEvent> events = StoredCalls.Events(id, caller, said.ToString(), day);
        return StoredCalls.Over(StoredCalls.Began(id, caller, day), events, $"The caller asked: {Topics[number % Topics.Length]}.");
    }

    private static async Task<double> MedianAsync(Func<Task> work)
    {
        var times = new List<double>();
        for (int i = 0; i < 21; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }

    private static void Print(string database, string what, double value, string beside) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{database,-21}{what,-42}{value,10:0.0} {beside}"));
}
