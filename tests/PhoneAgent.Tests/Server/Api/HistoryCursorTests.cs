using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class HistoryCursorTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Calls_that_end_while_somebody_pages_bring_none_twice_and_leave_none_out()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.HistoryRead);
        ICallLog log = rig.Services.GetRequiredService<ICallLog>();
        // Two that began in the same moment are told apart as well.
        await log.WriteAsync([Over("a", 0), Over("b", 1), Over("c", 1), Over("d", 2), Over("e", 3)], default);
        var seen = new List<string>();
        string? next = null;
        int pages = 0;
        do
        {
            ApiAnswer page = await rig.AskAsync("GET", $"/api/v1/history?limit=2{(next is null ? "" : $"&cursor={next}")}", key: key);
            seen.AddRange(page.Json["items"]!.AsArray().Select(call => call!["id"]!.GetValue<string>()));
            next = page.Json["next"]?.GetValue<string>();
            // One that is new, and one that began long ago and has only now ended.
            if (pages++ == 0)
                await log.WriteAsync([Over("new", 9), Over("long", -9)], default);
        }
        while (next is not null && pages < 9);

        Assert.Equal(["e", "d", "b", "c", "a", "long"], seen);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData("1:")]
    [InlineData("1:no number")]
    [InlineData("1:99999999999999999999 a")]
    [InlineData("1:9223372036854775807 a")]
    [InlineData("1:5")]
    public async Task A_cursor_that_is_none_is_refused(string text)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string cursor = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));
        ApiAnswer answer = await rig.AskAsync("GET", $"/api/v1/history?cursor={cursor}", key: rig.Key(ApiScope.HistoryRead));
        Assert.Equal((400, "query.cursor"), (answer.Status, answer.Place));
    }

    private static CallChange.Over Over(string id, int minute)
    {
        DateTimeOffset at = Noon.AddMinutes(minute);
        TimelineEvent[] events =
        [
            new TimelineEvent.CallStarted(id, CallDirection.Inbound, "+15551234567", "100", at) { At = default },
            new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, null) { At = TimeSpan.FromSeconds(5) },
        ];
        CallSummary summary = CallSummary.From(events);
        return new CallChange.Over(new CallChange.Began(id, "desk", CallDirection.Inbound, "+15551234567", "100", at, null), CallDigest.Of(events, summary, JsonSerializer.Serialize(summary, TimelineJson.Line)), []);
    }
}
