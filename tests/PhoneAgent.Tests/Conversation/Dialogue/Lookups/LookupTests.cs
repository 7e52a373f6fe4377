using System.Net;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Lookups;

public sealed class LookupTests
{
    private const string Answer = """{"order":{"status":"shipped","items":[{"name":"bell","price":4.50}],"paid":true}}""";

    [Fact]
    public async Task Finds_a_row_whatever_the_spaces_and_capitals_of_its_key()
    {
        var problems = new List<ConfigProblem>();
        CsvLookup table = CsvLookup.Load("t.csv", new StringReader("id,name\n AB-12 ,\"one, two\"\n\nCD,x\n"), "id", problems)!;
        Assert.Empty(problems);
        LookupResult found = await table.FindAsync("a b 1 2", _ => "", CancellationToken.None);
        Assert.Equal((LookupOutcome.Found, "one, two"), (found.Outcome, found.Values["name"]));
        Assert.Equal(LookupOutcome.NotFound, (await table.FindAsync("zz", _ => "", CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData("", "no column")]
    [InlineData("id,id\n1,2\n", "twice")]
    [InlineData("id,name\n1,\"open\n", "never closed")]
    public void Refuses_a_bad_table(string text, string reason)
    {
        var problems = new List<ConfigProblem>();
        Assert.Null(CsvLookup.Load("t.csv", new StringReader(text), "id", problems));
        Assert.Contains(problems, problem => problem.Message.Contains(reason, StringComparison.Ordinal) || problem.Message.Contains("empty", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asks_a_web_service_and_keeps_the_fields()
    {
        var web = new FakeWeb(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Answer) });
        LookupResult found = await Ask(web, new VirtualTime());
        Assert.Equal("https://shop.example/orders/42%2F07?from=555", web.Requests.Single().RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer s3cret", web.Requests.Single().Headers.GetValues("authorization").Single());
        Assert.Equal(LookupOutcome.Found, found.Outcome);
        Assert.Equal(["shipped", "4.50", "yes", ""], [found.Values["status"], found.Values["price"], found.Values["paid"], found.Values["none"]]);
    }

    [Theory]
    [InlineData(404, "", LookupOutcome.NotFound)]
    [InlineData(200, "{}", LookupOutcome.NotFound)]
    [InlineData(500, "", LookupOutcome.Failed)]
    [InlineData(302, "", LookupOutcome.Failed)]
    [InlineData(200, "<html>", LookupOutcome.Failed)]
    public async Task Tells_not_found_from_failed(int status, string body, LookupOutcome outcome)
    {
        var web = new FakeWeb(_ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) });
        Assert.Equal(outcome, (await Ask(web, new VirtualTime())).Outcome);
    }

    [Fact]
    public async Task Fails_when_the_answer_is_too_large_or_nobody_is_there()
    {
        var large = new FakeWeb(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(new byte[HttpLookup.MaxResponseBytes + 1]) });
        Assert.Contains("larger than", (await Ask(large, new VirtualTime())).Error, StringComparison.Ordinal);
        var nobody = new FakeWeb(_ => throw new HttpRequestException("Connection refused"));
        Assert.Equal("Connection refused", (await Ask(nobody, new VirtualTime())).Error);
    }

    [Fact]
    public async Task Gives_up_after_its_time_and_tells_that_from_the_callers_cancel()
    {
        var time = new VirtualTime();
        Task<LookupResult> late = Ask(new FakeWeb(null), time);
        Assert.False(late.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("no answer within 2 s", (await late).Error);

        using var cancel = new CancellationTokenSource();
        Task<LookupResult> dropped = Ask(new FakeWeb(null), new VirtualTime(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropped);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("$..a")]
    [InlineData("a.")]
    [InlineData("a[x]")]
    [InlineData("a[0")]
    public void Refuses_a_bad_path(string text) => Assert.False(JsonPath.TryParse(text, out _));

    private static async Task<LookupResult> Ask(FakeWeb web, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var source = new HttpLookupSource(
            Template.Parse("https://shop.example/orders/{key}?from={caller.number}"),
            new Dictionary<string, string> { ["authorization"] = "Bearer s3cret" },
            new Dictionary<string, JsonPath> { ["status"] = Path("$.order.status"), ["price"] = Path("order.items[0].price"), ["paid"] = Path("$.order.paid"), ["none"] = Path("$.order.items[3].name") },
            new HashSet<int> { 404 },
            TimeSpan.FromSeconds(2)) { Name = "orders" };
        using var client = new HttpClient(web);
        return await new HttpLookup(client, source, time).FindAsync("42/07", name => name == "caller.number" ? "555" : "", cancellationToken);
    }

    private static JsonPath Path(string text) => JsonPath.TryParse(text, out JsonPath? path) ? path : throw new FormatException(text);

    /// <summary>A web service in the same process; without an answer it never answers.</summary>
    private sealed class FakeWeb(Func<HttpRequestMessage, HttpResponseMessage>? answer) : HttpMessageHandler
    {
        public List<HttpRequestMessage> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            if (answer is not null)
                return answer(request);
            var never = new TaskCompletionSource<HttpResponseMessage>();
            await using CancellationTokenRegistration stop = cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
            return await never.Task;
        }
    }
}
