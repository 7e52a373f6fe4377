using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Storage.Redaction;
using PhoneAgent.Server.Storage;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every store of calls does.</summary>
public abstract class CallStoreContract
{
    internal abstract Task<TestDatabase> OpenAsync();

    [ContractFact]
    public async Task CallsAreFoundByNumberWordsDayDispositionAndEscalation()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one", "+1 (555) 123-4567", "where is my parcel", "2026-05-04");
        await calls.AddAsync("two", "15559876543", "I want my MONEY back, 100% of it", "2026-05-05", escalated: true, summary: "The caller wants a refund, Ünal says.");
        await calls.AddAsync("three", "anonymous", "where are you", "2026-05-06");

        static DateTimeOffset Day(int day) => new(2026, 5, day, 0, 0, 0, TimeSpan.Zero);
        async Task<string[]> FoundAsync(HistoryQuery query) => [.. (await calls.Store.SearchAsync(query, default)).Calls.Select(call => call.Id)];
        Assert.Equal(["three", "two", "one"], await FoundAsync(new HistoryQuery()));
        Assert.Equal(["one"], await FoundAsync(new HistoryQuery { Number = "555-123" }));
        Assert.Equal(["three"], await FoundAsync(new HistoryQuery { Number = "Anon" }));
        Assert.Equal(["three", "one"], await FoundAsync(new HistoryQuery { Words = "WHERE" }));
        Assert.Equal(["one"], await FoundAsync(new HistoryQuery { Words = "parcel where" }));
        Assert.Equal(["two"], await FoundAsync(new HistoryQuery { Words = "refund money" }));
        Assert.Equal(["two"], await FoundAsync(new HistoryQuery { Words = "ÜNAL" }));
        Assert.Equal(["two"], await FoundAsync(new HistoryQuery { Words = "100%" }));
        Assert.Empty(await FoundAsync(new HistoryQuery { Words = "1_0%" }));
        Assert.Empty(await FoundAsync(new HistoryQuery { Words = "' OR 1=1 -- \\" }));
        Assert.Equal(["two", "one"], await FoundAsync(new HistoryQuery { Until = Day(6) }));
        Assert.Equal(["two"], await FoundAsync(new HistoryQuery { Since = Day(5), Until = Day(6) }));
        Assert.Equal(["two"], await FoundAsync(new HistoryQuery { Disposition = "parcel" }));
        Assert.Equal(["two"], await FoundAsync(new HistoryQuery { Escalated = true }));
        Assert.Equal(["three", "one"], await FoundAsync(new HistoryQuery { Escalated = false }));
        Assert.Equal(["done", "parcel"], await calls.Store.DispositionsAsync(default));
    }

    [ContractFact]
    public async Task ARedactedCallerIsFoundAndDeletedByHisNumberWhichIsNowhere()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        RecordRedactor redactor = RecordRedactor.For(new TimelineOptions { Redact = RedactionChoice.Numbers })!;
        await calls.AddAsync("old", caller: "[number]"); // of a time without keys
        await using (var writer = new CallWriter(calls.Log, calls.Time, NullLogger<CallWriter>.Instance, TimeSpan.Zero, calls.Parties))
        {
            foreach ((string id, string caller, string day) in (IEnumerable<(string, string, string)>)[("one", "+1 (555) 123-4567", "2026-05-04"), ("two", "+15559876543", "2026-05-04"), ("young", "+15559876543", "2026-05-06"), ("named", "anonymous", "2026-05-06")])
            {
                IReadOnlyList<TimelineEvent> events = StoredCalls.Events(id, caller, day: day);
                var timeline = new CallTimeline();
                foreach (TimelineEvent happened in events)
                    timeline.Append(happened);
                timeline.Complete();
                Assert.True(await writer.Keep(StoredCalls.Began(id, caller, day), timeline, redactor).EndAsync(events, CallSummary.From(events)));
            }
        }

        Assert.Equal(0, await CountAsync("caller LIKE '%55%' OR party LIKE '%55%' OR report LIKE '%55%' OR words LIKE '%55%'"));
        Assert.Equal(1, await CountAsync("id = 'named' AND party_hash IS NULL"));
        Assert.Equal(["one"], (await calls.Store.SearchAsync(new HistoryQuery { Number = "1 555 1234567" }, default)).Calls.Select(call => call.Id));
        Assert.Equal((1, 2, 0), (await calls.Store.CountOfAsync("15551234567", default), await calls.Store.CountOfAsync("15559876543", default), await calls.Store.CountOfAsync("5551234567", default)));
        Assert.Equal((1, 0), await calls.Store.DeleteOfAsync("+1 555 123 4567", default));
        Assert.Equal(2, await calls.Store.ForgetAsync(CallData.Calls, new DateTimeOffset(2026, 5, 5, 0, 0, 0, TimeSpan.Zero), default));
        Assert.Equal(["young"], (await calls.Store.SearchAsync(new HistoryQuery { Number = "+15559876543" }, default)).Calls.Select(call => call.Id));
        Assert.Equal(1, await CountAsync("party_hash IS NOT NULL"));

        Task<long> CountAsync(string where) => calls.Database.ReadAsync(session => session.ScalarAsync<long>($"SELECT COUNT(*) FROM calls WHERE {where}"), default)!;
    }

    [ContractFact]
    public async Task AnotherKeyThanTheDatabasesIsFoundOutAlsoWhenBothStartAtOnce()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        PartyKey[] keys = [.. Enumerable.Range(0, 4).Select(i => PartyKey.Open(Path.Combine(calls.Folder, $"{i}.key")))];
        bool[] accepted = await Task.WhenAll(keys.Select(async key =>
        {
            try
            {
                return await key.CheckAsync(calls.Database, default);
            }
            catch (StorageException e) when (e.Message.Contains(key.Place, StringComparison.Ordinal))
            {
                return false;
            }
        }));
        Assert.Single(accepted, one => one);
        Assert.True(await keys[Array.IndexOf(accepted, true)].CheckAsync(calls.Database, default));
        Assert.False(await PartyKey.For(calls.Config).CheckAsync(calls.Database, default));
    }

    [ContractFact]
    public async Task CallsAreFoundByHowTheyEndedTheirDirectionAndTheirCampaign()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one");
        await calls.AddAsync("two");
        await calls.Database.WriteAsync(session => session.ExecuteAsync("""
            UPDATE calls SET direction = 'Outbound', cause = 'Busy' WHERE id = 'two';
            INSERT INTO campaigns (id, agent, definition, do_not_call_lists, created_at, state) VALUES ('spring', 'a', '', '[]', 0, 'Running');
            INSERT INTO campaign_contacts (campaign_id, number, variables, state) VALUES ('spring', '+15551234567', '{}', 'Finished');
            INSERT INTO campaign_attempts (contact_id, campaign_id, number, ordinal, started_at, node, begin_key, outcome, call_id)
                SELECT id, campaign_id, number, 1, 0, 'n', 'k', 'Busy', 'two' FROM campaign_contacts;
            """), default);
        async Task<string> FoundAsync(HistoryQuery query) => string.Join(',', await calls.Store.AllAsync(query, default).Select(call => call.Id).ToListAsync());
        Assert.Equal("one,two", await FoundAsync(new HistoryQuery()));
        Assert.Equal("two", await FoundAsync(new HistoryQuery { Direction = CallDirection.Outbound }));
        Assert.Equal("two", await FoundAsync(new HistoryQuery { Cause = CallEndCause.Busy }));
        Assert.Equal("one", await FoundAsync(new HistoryQuery { Cause = CallEndCause.HungUp }));
        Assert.Equal("two", await FoundAsync(new HistoryQuery { Campaign = "spring" }));
        Assert.Equal("", await FoundAsync(new HistoryQuery { Campaign = "autumn" }));
        Assert.Equal("two", await FoundAsync(new HistoryQuery { After = await calls.Store.FindAsync("one", default) is { } one ? (one.StartedAt, one.Id) : null }));
    }

    [ContractFact]
    public async Task AllCallsComeOnceAlsoWhenSomeAreAddedAndDeletedMeanwhile()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        for (int i = 0; i < HistoryQuery.MaxPageSize + 50; i++)
            await calls.AddAsync($"call-{i:000}");
        var seen = new List<string>();
        await foreach (CallRecord call in calls.Store.AllAsync(new HistoryQuery(), default))
        {
            if (seen.Count == 0)
            {
                await calls.AddAsync("new", day: "2026-05-09");
                Assert.Equal((2, 0), await calls.Store.DeleteAsync(["call-000", "call-001", "none"], default));
            }
            seen.Add(call.Id);
        }
        Assert.Equal(Enumerable.Range(0, HistoryQuery.MaxPageSize + 50).Select(i => $"call-{i:000}"), seen);
    }

    [ContractFact]
    public async Task CallsAreDeletedByTheirIdsUnlessTheyRun()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one", recorded: true);
        await calls.AddAsync("two", recorded: true);
        await calls.Log.WriteAsync([StoredCalls.Began("runs"), .. StoredCalls.Happened("runs", StoredCalls.Events("runs", ended: false))], default);
        Assert.Equal((1, 0), await calls.Store.DeleteAsync(["one", "runs", "none"], default));
        Assert.Equal((0, 0), await calls.Store.DeleteAsync([], default));
        Assert.Equal(["two.wav"], Directory.EnumerateFiles(calls.Folder, "*.wav", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.NotNull(await calls.Store.FindAsync("two", default));
        Assert.NotNull(await calls.Store.ReadTimelineAsync("runs", default));
        Assert.Null(await calls.Store.ReadTimelineAsync("one", default));
    }

    [ContractFact]
    public async Task ACallIsReadAsItWasWritten()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one", said: "I said \"it\" \ud83d\ude00", escalated: true, summary: "A parcel.", recorded: true);

        CallRecord record = (await calls.Store.FindAsync("one", default))!;
        Assert.Equal(("+1 (555) 123-4567", "100", CallDirection.Inbound, TimeSpan.FromSeconds(5), CallEndCause.HungUp), (record.Caller, record.Called, record.Direction, record.Duration, record.Cause));
        Assert.Equal(("parcel", "A parcel.", true, true), (record.Disposition, record.Summary, record.IsEscalated, record.HasRecording));
        Assert.Equal(StoredCalls.Events("one", said: "I said \"it\" \ud83d\ude00", escalated: true), await calls.Store.ReadTimelineAsync("one", default));
        IReadOnlyList<CallLine> lines = await calls.Store.ReadTranscriptAsync("one", default);
        Assert.Equal(
            [("agent", "How can I help?", 0.2, 1.5), ("caller", "I said \"it\" \ud83d\ude00", 2.0, 3.0)],
            lines.Where(line => line.Side != "note").Select(line => (line.Side, line.Text, line.Begins.TotalSeconds, line.Ends.TotalSeconds)));
        Assert.Contains(lines, line => line.Side == "note" && line.IsUrgent);
        Assert.Equal(1, await calls.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM call_escalations WHERE call_id = 'one' AND rule = 'asked'"), default));
        Assert.EndsWith("one.wav", await calls.Store.RecordingOfAsync("one", default), StringComparison.Ordinal);
        Assert.Equal("{}", await calls.Store.ReadReportAsync("one", default));
    }

    [ContractFact]
    public async Task TextsThatDatabasesRefuseAreKeptWithoutWhatTheyRefuse()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one", caller: "a\0b", said: "no\0thing \ud83d here", summary: "\0");
        Assert.Equal("ab", (await calls.Store.FindAsync("one", default))!.Caller);
        Assert.Equal(1, (await calls.Store.SearchAsync(new HistoryQuery { Words = "nothing" }, default)).Total);
        Assert.Equal(0, (await calls.Store.SearchAsync(new HistoryQuery { Words = "\0x \ud83d" }, default)).Total);
    }

    [ContractFact]
    public async Task PagesAreCountedAndTheLastOneIsShort()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        for (int i = 0; i < 25; i++)
            await calls.AddAsync($"call-{i:00}");
        HistoryPage last = await calls.Store.SearchAsync(new HistoryQuery { Page = 3, PageSize = 10 }, default);
        Assert.Equal((25, 3, 5, true), (last.Total, last.Pages, last.Calls.Count, last.IsComplete));
        Assert.Equal(["call-20", "call-21", "call-22", "call-23", "call-24"], last.Calls.Select(call => call.Id));
        Assert.Empty((await calls.Store.SearchAsync(new HistoryQuery { Page = 900_000, PageSize = 200 }, default)).Calls);
    }

    [ContractFact]
    public async Task ACallThatRunsIsNoHistoryYetAndItsTimelineIsThere()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        IReadOnlyList<TimelineEvent> events = StoredCalls.Events("one", ended: false);
        await calls.Log.WriteAsync([StoredCalls.Began("one"), .. StoredCalls.Happened("one", events)], default);
        Assert.Null(await calls.Store.FindAsync("one", default));
        Assert.Equal(0, (await calls.Store.SearchAsync(new HistoryQuery(), default)).Total);
        Assert.Equal(0, await calls.Store.CountOfAsync("15551234567", default));
        Assert.Equal(events, await calls.Store.ReadTimelineAsync("one", default));
    }

    [ContractFact]
    public async Task WhatIsWrittenTwiceIsThereOnceAndWhatWasMissedComesWithTheEnd()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        IReadOnlyList<TimelineEvent> events = StoredCalls.Events("one");
        CallChange.Began began = StoredCalls.Began("one");
        CallChange.Happened[] happened = [.. StoredCalls.Happened("one", events)];
        // Neither the beginning nor the first events found room.
        await calls.Log.WriteAsync([.. happened[3..], happened[^1]], default);
        var over = new CallChange.Over(began, CallDigest.Of(events, null, null), happened[..4]);
        await calls.Log.WriteAsync([over], default);
        await calls.Log.WriteAsync([over, began], default);
        Assert.Equal(events, await calls.Store.ReadTimelineAsync("one", default));
        Assert.Equal("done", (await calls.Store.FindAsync("one", default))!.Disposition);
        Assert.Equal(1, (await calls.Store.SearchAsync(new HistoryQuery(), default)).Total);
    }

    [ContractFact]
    public async Task TheModelsReportTakesThePlaceOfTheRules()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one", summary: "By rules.");
        await calls.Log.WriteAsync([new CallChange.Reported("one", """{"by":"model"}""", "Wants a Refund.", "refund")], default);
        CallRecord record = (await calls.Store.FindAsync("one", default))!;
        Assert.Equal(("Wants a Refund.", "refund"), (record.Summary, record.Disposition));
        Assert.Equal(1, (await calls.Store.SearchAsync(new HistoryQuery { Words = "refund parcel" }, default)).Total);
        Assert.Equal("""{"by":"model"}""", await calls.Store.ReadReportAsync("one", default));
    }

    [ContractFact]
    public async Task ACallersDataIsDeletedHoweverTheNumberIsWrittenAndNobodyElses()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("one", "+1 (555) 123-4567", recorded: true, escalated: true);
        await calls.AddAsync("two", "15551234567", day: "2026-05-05");
        await calls.AddAsync("other", "15551234568", recorded: true);
        Assert.Equal(2, await calls.Store.CountOfAsync("1.555.123.4567", default));
        Assert.Equal((2, 0), await calls.Store.DeleteOfAsync("1.555.123.4567", default));
        Assert.Equal(["other"], (await calls.Store.SearchAsync(new HistoryQuery(), default)).Calls.Select(call => call.Id));
        Assert.Equal(["other.wav"], Directory.EnumerateFiles(calls.Folder, "*.wav", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Null(await calls.Store.ReadTimelineAsync("one", default));
        foreach (string table in (string[])["call_events", "call_lines", "call_escalations"])
            Assert.Equal(0, await calls.Database.ReadAsync(session => session.ScalarAsync<long>($"SELECT COUNT(*) FROM {table} WHERE call_id <> 'other'"), default));
        Assert.Equal(0, await calls.Store.CountOfAsync("555123456", default));
        Assert.Equal((0, 0), await calls.Store.DeleteOfAsync(" ", default));
    }

    [ContractFact]
    public async Task EachKindOfDataIsForgottenByItself()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("old", day: "2026-05-01", recorded: true, summary: "A parcel.");
        await calls.AddAsync("new", day: "2026-05-03", recorded: true, summary: "A parcel.");
        var before = new DateTimeOffset(2026, 5, 2, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(1, await calls.Store.ForgetAsync(CallData.Recordings, before, default));
        Assert.Null(await calls.Store.RecordingOfAsync("old", default));
        Assert.Equal(["new.wav"], Directory.EnumerateFiles(calls.Folder, "*.wav", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal(0, await calls.Store.ForgetAsync(CallData.Recordings, before, default));

        Assert.Equal(1, await calls.Store.ForgetAsync(CallData.Timelines, before, default));
        Assert.Null(await calls.Store.ReadTimelineAsync("old", default));
        Assert.NotEmpty(await calls.Store.ReadTranscriptAsync("old", default));

        Assert.Equal(1, await calls.Store.ForgetAsync(CallData.Transcripts, before, default));
        Assert.Empty(await calls.Store.ReadTranscriptAsync("old", default));
        Assert.Equal((null, "parcel"), ((await calls.Store.FindAsync("old", default))!.Summary, (await calls.Store.FindAsync("old", default))!.Disposition));
        Assert.Equal(1, (await calls.Store.SearchAsync(new HistoryQuery { Words = "parcel" }, default)).Total);
        Assert.Equal(0, await calls.Store.ForgetAsync(CallData.Transcripts, before, default));

        Assert.Equal(1, await calls.Store.ForgetAsync(CallData.Calls, before, default));
        Assert.Equal(["new"], (await calls.Store.SearchAsync(new HistoryQuery(), default)).Calls.Select(call => call.Id));
        Assert.NotNull(await calls.Store.ReadTimelineAsync("new", default));
    }

    [ContractFact]
    public async Task ARecordingsNameNeverLeadsOutOfItsFolder()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        string outside = Path.GetTempFileName();
        IReadOnlyList<TimelineEvent> events = StoredCalls.Events("one");
        await calls.Log.WriteAsync([.. StoredCalls.Over(StoredCalls.Began("one", recording: $"../{Path.GetFileName(outside)}"), events)], default);
        Assert.Null(await calls.Store.RecordingOfAsync("one", default));
        Assert.Equal((1, 0), await calls.Store.DeleteOfAsync("15551234567", default));
        Assert.True(File.Exists(outside));
        File.Delete(outside);
        foreach (string id in (string[])["../../etc/passwd", "2026-05-04/one", ""])
            Assert.Null(await calls.Store.RecordingOfAsync(id, default));
    }
}
