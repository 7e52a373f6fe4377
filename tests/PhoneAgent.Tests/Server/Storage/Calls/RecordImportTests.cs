using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Calls.Import;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.History;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Calls;

public sealed class RecordImportTests
{
    private static async Task<int> ImportAsync(StoredCalls calls, RecordFolder records)
    {
        foreach (string folder in Directory.EnumerateDirectories(records.Path))
        {
            string target = Directory.CreateDirectory(Path.Combine(calls.Folder, Path.GetFileName(folder))).FullName;
            foreach (string file in Directory.EnumerateFiles(folder))
                File.Move(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
        calls.Import.IsComplete = false;
        return await new RecordImport(calls.Config, calls.Log, calls.Recordings, calls.Import, NullLogger<RecordImport>.Instance).RunOnceAsync(default);
    }

    [Fact]
    public async Task RecordsOfAnEarlierVersionAreFoundAndTheirFilesGoExceptRecordings()
    {
        using var records = new RecordFolder();
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        records.Add("one", said: "where is my parcel", escalated: true, summary: "A parcel is late.", recorded: true);
        records.Add("two", "anonymous", day: "2026-05-05");

        Assert.Equal(2, await ImportAsync(calls, records));

        HistoryPage page = await calls.Store.SearchAsync(new HistoryQuery(), default);
        Assert.Equal((true, 2), (page.IsComplete, page.Total));
        CallRecord one = (await calls.Store.FindAsync("one", default))!;
        Assert.Equal(("A parcel is late.", "parcel", true, true), (one.Summary, one.Disposition, one.IsEscalated, one.HasRecording));
        Assert.Equal(RecordFolder.Events("one", "+1 (555) 123-4567", "where is my parcel", escalated: true), await calls.Store.ReadTimelineAsync("one", default));
        Assert.Contains("\"disposition\"", await calls.Store.ReadReportAsync("one", default), StringComparison.Ordinal);
        Assert.Equal(["one.wav"], Directory.EnumerateFiles(calls.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal((1, 0), await calls.Store.DeleteOfAsync("15551234567", default));
        Assert.Empty(Directory.EnumerateFiles(calls.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task BrokenFilesCostNothingButThemselves()
    {
        using var records = new RecordFolder();
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        records.Add("good");
        records.Add("cut");
        File.AppendAllText(records.FileOf("cut"), """{"event":"heard","tur""");
        File.WriteAllText(records.FileOf("cut", ".summary.json"), "{ nonsense");
        File.WriteAllText(records.FileOf("empty"), "");
        File.WriteAllText(records.FileOf("nonsense"), "\0\u0001 no json\n[]\nnull\n{}\n");
        records.Add("real");
        File.Move(records.FileOf("real"), records.FileOf("renamed"));
        Directory.CreateDirectory(Path.Combine(records.Path, "not-a-day"));
        File.Copy(records.FileOf("good"), Path.Combine(records.Path, "not-a-day", "good2.jsonl"));

        Assert.Equal(2, await ImportAsync(calls, records));

        Assert.Equal(["cut", "good"], (await calls.Store.SearchAsync(new HistoryQuery(), default)).Calls.Select(call => call.Id).Order());
        Assert.Equal("done", (await calls.Store.FindAsync("cut", default))!.Disposition);
        // What is no record of ours is left to whom it belongs.
        Assert.True(File.Exists(Path.Combine(calls.Folder, "2026-05-04", "renamed.jsonl")));
        Assert.True(File.Exists(Path.Combine(calls.Folder, "not-a-day", "good2.jsonl")));
    }

    [Fact]
    public async Task ACallThatIsThereAlreadyIsNotThereTwice()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        for (int i = 0; i < 2; i++)
        {
            using var records = new RecordFolder();
            records.Add("one");
            Assert.Equal(1, await ImportAsync(calls, records));
        }
        Assert.Equal(1, (await calls.Store.SearchAsync(new HistoryQuery(), default)).Total);
    }
}
