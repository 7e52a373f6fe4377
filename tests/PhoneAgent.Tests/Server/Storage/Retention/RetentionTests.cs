using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Retention;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.Webhooks;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Retention;

public sealed class RetentionTests
{
    private static RetentionJob Job(StoredCalls calls, RetentionOptions retention, ILogger<RetentionJob>? logger = null, params string[] hooks)
    {
        LoadedConfig config = calls.Config with { Options = calls.Config.Options with { Storage = new StorageOptions { Retention = retention }, Webhooks = [.. hooks.Select(hook => new WebhookOptions { Name = hook })] } };
        return new RetentionJob(calls.Store, new CampaignRetention(calls.Database, calls.Time), new InTransit(calls.Database, config, calls.Parties, calls.Time), config, calls.Time, logger ?? NullLogger<RetentionJob>.Instance);
    }

    [Fact]
    public async Task WhatIsOlderThanItsKindIsKeptGoesAndNothingElse()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        // Virtual time begins in 2026.
        await calls.AddAsync("old", day: "2025-11-01", recorded: true);
        await calls.AddAsync("new", day: "2025-12-30", recorded: true);
        Assert.Equal(0, await Job(calls, new RetentionOptions()).RunOnceAsync(default));
        Assert.Equal(1, await Job(calls, new RetentionOptions { Recordings = TimeSpan.FromDays(30) }).RunOnceAsync(default));
        Assert.Null(await calls.Store.RecordingOfAsync("old", default));
        Assert.NotNull(await calls.Store.RecordingOfAsync("new", default));
        Assert.Equal(1, await Job(calls, new RetentionOptions { Calls = TimeSpan.FromDays(30) }).RunOnceAsync(default));
        Assert.Equal(["new"], (await calls.Store.SearchAsync(new HistoryQuery(), default)).Calls.Select(call => call.Id));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(30, 0, true)]
    [InlineData(30, 60, true)]
    [InlineData(60, 30, false)]
    [InlineData(0, 30, false)]
    public void WordsAreNotKeptInTimelinesForLongerThanTranscripts(int timelines, int transcripts, bool isRight) =>
        Assert.Equal(isRight, !new RetentionOptions { Timelines = TimeSpan.FromDays(timelines), Transcripts = TimeSpan.FromDays(transcripts) }.Check().Any());

    [Fact]
    public async Task WhatCampaignsKnowIsKeptForItsOwnTime()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        var campaigns = new CampaignStore(calls.Database, calls.Time);
        Assert.True(PhoneNumber.TryCreate("+4930123456", out PhoneNumber number));
        await campaigns.RecordConsentAsync(new ConsentRecord(number, "spring", "one", ConsentKind.RecordingGranted, "yes", calls.Time.GetUtcNow() - TimeSpan.FromDays(90), TimeSpan.Zero), default);
        Assert.Equal(0, await Job(calls, new RetentionOptions { Calls = TimeSpan.FromDays(1), Campaigns = new CampaignRetentionOptions { Attempts = TimeSpan.FromDays(30) } }).RunOnceAsync(default));
        Assert.Equal(1, await Job(calls, new RetentionOptions { Campaigns = new CampaignRetentionOptions { Consents = TimeSpan.FromDays(60) } }).RunOnceAsync(default));
        Assert.Empty(await campaigns.ConsentsAsync(number, default).ToListAsync());
    }

    [Fact]
    public async Task WhatWaitsForReceiversThatAreGoneIsForgottenWithAWordInTheLog()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        using var lines = new LogLines();
        var outbox = new WebhookOutbox(calls.Database, NodeIdentity.ThisProcess, calls.Time);
        foreach (string call in (string[])["one", "two"])
            await outbox.AddAsync(call, call, [("crm", "{}"u8.ToArray()), ("old", "{}"u8.ToArray())], default);
        calls.Time.Advance(WebhookOptions.LongestWait + TimeSpan.FromSeconds(1));
        Assert.Equal(2, await Job(calls, new RetentionOptions(), lines.CreateLogger<RetentionJob>(), "crm").RunOnceAsync(default));
        Assert.Equal(new Dictionary<string, long> { ["crm"] = 2 }, await outbox.WaitingAsync(default));
        Assert.StartsWith("Warning: 2 events are forgotten", Assert.Single(lines.All), StringComparison.Ordinal);
    }

    [Fact]
    public void NobodyIsForgottenWhileHisLastCallStillCountsForTheNext() =>
        Assert.Equal("campaigns.do_not_call", Assert.Single(new RetentionOptions { Campaigns = new CampaignRetentionOptions { DoNotCall = TimeSpan.FromDays(29), Contacts = TimeSpan.FromDays(30) } }.Check()).Key);

    [Fact]
    public void ATimeThatIsASlipIsSaidWithItsKey() =>
        Assert.Equal("calls", Assert.Single(new RetentionOptions { Calls = TimeSpan.FromSeconds(30) }.Check()).Key);
}
