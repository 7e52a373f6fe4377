using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Storage.History;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.History;

public sealed class FileCallHistoryTests : IDisposable
{
    private readonly RecordFolder _folder = new();

    private FileCallHistory History => _folder.History;

    public void Dispose()
    {
        History.Dispose();
        _folder.Dispose();
    }

    private string[] Found(HistoryQuery query) => [.. History.Search(query).Calls.Select(call => call.Id)];

    [Fact]
    public async Task Calls_are_found_by_number_words_day_disposition_and_escalation()
    {
        _folder.Add("one", "+1 (555) 123-4567", "where is my parcel", "2026-05-04");
        _folder.Add("two", "15559876543", "I want my money back", "2026-05-05", escalated: true, summary: "The caller wants a refund.");
        _folder.Add("three", "anonymous", "where are you", "2026-05-06");
        Assert.False(History.Search(new HistoryQuery()).IsComplete);
        await History.ScanAsync(default);

        Assert.True(History.Search(new HistoryQuery()).IsComplete);
        Assert.Equal(["three", "two", "one"], Found(new HistoryQuery()));
        Assert.Equal(["one"], Found(new HistoryQuery { Number = "555-123" }));
        Assert.Equal(["three"], Found(new HistoryQuery { Number = "Anon" }));
        Assert.Equal(["three", "one"], Found(new HistoryQuery { Words = "WHERE" }));
        Assert.Equal(["one"], Found(new HistoryQuery { Words = "parcel where" }));
        Assert.Equal(["two"], Found(new HistoryQuery { Words = "refund" }));
        Assert.Equal(["two", "one"], Found(new HistoryQuery { To = new DateOnly(2026, 5, 5) }));
        Assert.Equal(["two"], Found(new HistoryQuery { From = new DateOnly(2026, 5, 5), To = new DateOnly(2026, 5, 5) }));
        Assert.Equal(["two"], Found(new HistoryQuery { Disposition = "parcel" }));
        Assert.Equal(["two"], Found(new HistoryQuery { Escalated = true }));
        Assert.Equal(["three", "one"], Found(new HistoryQuery { Escalated = false }));
        Assert.Equal(["done", "parcel"], History.Dispositions);
    }

    [Fact]
    public async Task Pages_are_counted_and_the_last_one_is_short()
    {
        for (int i = 0; i < 25; i++)
            _folder.Add($"call-{i:00}");
        await History.ScanAsync(default);

        HistoryPage last = History.Search(new HistoryQuery { Page = 3, PageSize = 10 });
        Assert.Equal((25, 3, 5), (last.Total, last.Pages, last.Calls.Count));
        Assert.Empty(History.Search(new HistoryQuery { Page = 900_000, PageSize = 200 }).Calls);
    }

    [Fact]
    public async Task What_changes_on_disk_is_seen_and_what_is_gone_is_gone()
    {
        _folder.Add("one");
        await History.ScanAsync(default);
        _folder.Add("one", summary: "A parcel was asked for.");
        File.SetLastWriteTimeUtc(_folder.FileOf("one", ".summary.json"), DateTime.UnixEpoch.AddYears(100));
        _folder.Add("two");
        await History.ScanAsync(default);
        Assert.Equal("A parcel was asked for.", History.Find("one")!.Summary);
        Assert.NotNull(History.Find("two"));
        File.Delete(_folder.FileOf("two"));
        await History.ScanAsync(default);
        Assert.Null(History.Find("two"));
    }

    [Fact]
    public async Task A_call_that_still_runs_is_no_history_yet()
    {
        _folder.Add("one");
        var call = new MadeUpCall("one", "100", "front-desk", new VirtualTime());
        _folder.Live.OnStarted(call.Running);
        await History.ScanAsync(default);
        Assert.Null(History.Find("one"));
        call.End();
        await call.Running.Completion;
        await History.ScanAsync(default);
        Assert.NotNull(History.Find("one"));
    }

    [Fact]
    public async Task Broken_files_cost_nothing_but_themselves()
    {
        _folder.Add("good");
        _folder.Add("cut");
        File.AppendAllText(_folder.FileOf("cut"), """{"event":"heard","tur""");
        File.WriteAllText(_folder.FileOf("cut", ".summary.json"), "{ nonsense");
        File.WriteAllText(_folder.FileOf("empty"), "");
        File.WriteAllText(_folder.FileOf("nonsense"), "\0\u0001 no json\n[]\nnull\n{}\n");
        _folder.Add("real");
        File.Move(_folder.FileOf("real"), _folder.FileOf("renamed"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "not-a-day"));
        File.Copy(_folder.FileOf("good"), Path.Combine(_folder.Path, "not-a-day", "good2.jsonl"));
        await History.ScanAsync(default);

        Assert.Equal(["cut", "good"], Found(new HistoryQuery()).Order());
        Assert.Equal("done", History.Find("cut")!.Disposition);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("2026-05-04/one")]
    [InlineData("")]
    public async Task An_id_is_never_a_path(string id)
    {
        _folder.Add("one", recorded: true);
        await History.ScanAsync(default);

        Assert.Null(History.Find(id));
        Assert.Null(History.RecordingOf(id));
        Assert.Null(await History.ReadAsync(id, default));
    }

    [Fact]
    public async Task A_callers_data_is_deleted_however_the_number_is_written_and_nobody_elses()
    {
        _folder.Add("one", "+1 (555) 123-4567", recorded: true);
        _folder.Add("two", "15551234567", day: "2026-05-05");
        _folder.Add("other", "15551234568", recorded: true);
        await History.ScanAsync(default);

        Assert.Equal(2, History.CountOf("1.555.123.4567"));
        Assert.Equal((2, 0), History.Delete("1.555.123.4567"));
        Assert.Equal(["other"], Found(new HistoryQuery()));
        Assert.Equal(["other.jsonl", "other.summary.json", "other.wav"], Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        await History.ScanAsync(default);
        Assert.Equal(["other"], Found(new HistoryQuery()));
        Assert.Equal(0, History.CountOf("555123456"));
        Assert.Equal(0, History.CountOf(" "));
    }

    [Fact]
    public void Lines_know_when_they_were_spoken()
    {
        IReadOnlyList<SpokenLine> lines = SpokenLine.Of(RecordFolder.Events("one", "100", "where is my parcel"));

        Assert.Equal(
            [("How can I help?", 0.2, 1.5), ("where is my parcel", 2.0, 3.0)],
            lines.Where(line => line.Css != "note").Select(line => (line.Line.Text, line.Begins.TotalSeconds, line.Ends.TotalSeconds)));
    }
}
