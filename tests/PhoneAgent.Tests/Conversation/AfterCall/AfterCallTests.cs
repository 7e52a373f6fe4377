using System.Text.Json;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.AfterCall;

public sealed class AfterCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly AfterCallDefinition Definition = new(true, ["answered", "complaint", "open"],
    [
        new("order", AfterCallType.Text, "The order's number.", true, [], "order_number"),
        new("callback_on", AfterCallType.Date, "When to call back.", true, [], null),
        new("angry", AfterCallType.YesNo, "Whether the caller was angry.", false, [], null),
        new("bikes", AfterCallType.Number, "How many bikes.", false, [], null),
        new("colour", AfterCallType.Choice, "Which colour.", false, ["red", "blue"], null),
        new("at", AfterCallType.Time, "At what time.", false, [], null),
    ]);

    private static readonly TimelineEvent[] Events =
    [
        new TimelineEvent.CallStarted("c1", CallDirection.Inbound, "alice", "desk", new DateTimeOffset(2026, 11, 21, 9, 30, 0, TimeSpan.Zero)) { At = TimeSpan.Zero },
        new TimelineEvent.Heard(1, "How can I help you?", false) { At = Seconds(2) },
        new TimelineEvent.Final("where is my order", RecognitionOutcome.Recognized, 0.9, "order_status") { At = Seconds(4) },
        new TimelineEvent.Heard(2, "What is your order", true) { At = Seconds(6) },
        new TimelineEvent.Final("four two oh seven", RecognitionOutcome.Recognized, 0.9, "order_number") { At = Seconds(9) },
        new TimelineEvent.Noted("order_number", "4207") { At = Seconds(9) },
        new TimelineEvent.Noted("colour", "Red") { At = Seconds(10) },
        new TimelineEvent.Noted("angry", "no") { At = Seconds(10) },
        new TimelineEvent.Noted("bikes", "two") { At = Seconds(10) },
        new TimelineEvent.Noted("at", "9:30") { At = Seconds(10) },
        new TimelineEvent.Final("what are your opening hours", RecognitionOutcome.Recognized, 0.9, "hours") { At = Seconds(12) },
        new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "answered") { At = Seconds(75) },
    ];

    private static readonly EndedCall Call = new("front-desk", Definition, new Dictionary<string, string> { ["order_status"] = "an order", ["hours"] = "opening hours" }, Events);

    private const string GoodAnswer = """
        {"summary":"Alice asked where her order 4207 is. It is on its way.","disposition":"complaint",
         "fields":{"order":"4207","callback_on":null,"angry":true,"bikes":2,"colour":"red","at":"09:30"}}
        """;

    [Fact]
    public void RulesTakeItFromTheTimeline()
    {
        AfterCallReport report = AfterCallByRules.Write(Call);

        Assert.Equal("An incoming call of 1 min 15 s with the agent front-desk. The caller asked for: an order and opening hours. "
            + "Noted: order number 4207; colour Red; angry no; bikes two; at 9:30. The caller hung up; filed as answered.", report.Summary);
        Assert.Equal(("rules", "answered"), (report.By, report.Disposition));
        // "two" is no number and "Red" is a spelling of red.
        Assert.Equal("""{"order":"4207","angry":false,"colour":"red","at":"09:30"}""", JsonSerializer.Serialize(report.Fields));
        Assert.Equal(["callback_on"], report.Missing);
    }

    [Fact]
    public void RulesSayWhatThereIsEvenWhenThereIsNothing()
    {
        Assert.Equal("An incoming call of 0 s with the agent a. The caller said nothing that was understood. It was cut short.",
            AfterCallByRules.Write(new EndedCall("a", null, new Dictionary<string, string>(), [])).Summary);
        Assert.Null(AfterCallByRules.Write(Call with { Definition = Definition with { Summary = false } }).Summary);
        // A disposition that the file does not know is not invented.
        Assert.Null(AfterCallByRules.Write(Call with { Definition = Definition with { Dispositions = ["other"] } }).Disposition);
    }

    [Fact]
    public async Task TheModelFillsTheFields()
    {
        var model = new ScriptedModel(GoodAnswer);

        AfterCallReport report = await Write(model);

        Assert.Equal(("model", "complaint", "Alice asked where her order 4207 is. It is on its way.", null), (report.By, report.Disposition, report.Summary, report.Problem));
        Assert.Equal("""{"order":"4207","angry":true,"bikes":2,"colour":"red","at":"09:30"}""", JsonSerializer.Serialize(report.Fields));
        Assert.Equal(["callback_on"], report.Missing);
        Assert.Equal([new AfterCallUsage("scripted", 100, 20, 0.01m)], report.Usage);
        string asked = string.Join('\n', model.Requests[0].Select(m => m.Text));
        Assert.Contains("Saturday, 2026-11-21", asked, StringComparison.Ordinal);
        Assert.Contains("Caller: where is my order", asked, StringComparison.Ordinal);
        Assert.Contains("Agent: What is your order … (interrupted)", asked, StringComparison.Ordinal);
        Assert.Equal(["after-call"], model.Purposes);
    }

    [Theory]
    [InlineData("Sure! Here it is:\n```json\n", "\n```")]
    [InlineData("", "\nI hope that helps.")]
    public async Task WordsAroundTheObjectDoNoHarm(string before, string after) =>
        Assert.Equal("model", (await Write(new ScriptedModel(before + GoodAnswer + after))).By);

    [Fact]
    public async Task AnAnswerThatDoesNotFitIsMendedOnce()
    {
        var model = new ScriptedModel(GoodAnswer.Replace("\"complaint\"", "\"angry caller\"", StringComparison.Ordinal).Replace("\"09:30\"", "\"half past nine\"", StringComparison.Ordinal), GoodAnswer);

        AfterCallReport report = await Write(model);

        Assert.Equal(("model", 2), (report.By, report.Usage.Count));
        string complaint = model.Requests[1][^1].Text;
        Assert.Contains("disposition", complaint, StringComparison.Ordinal);
        Assert.Contains("fields.at", complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I cannot do that.", "there is no JSON object in it")]
    [InlineData("{\"summary\": oops}", "not valid JSON")]
    [InlineData("{}", "'summary' is missing")]
    public async Task ASecondWrongAnswerIsWrittenByRules(string answer, string problem)
    {
        var model = new ScriptedModel(answer, answer, GoodAnswer);

        AfterCallReport report = await Write(model);

        Assert.Equal(("rules", 2, 2), (report.By, model.Requests.Count, report.Usage.Count));
        Assert.Contains(problem, report.Problem, StringComparison.Ordinal);
        Assert.Equal(AfterCallByRules.Write(Call).Summary, report.Summary);
    }

    [Fact]
    public async Task AModelThatThrowsIsReplacedByRules()
    {
        AfterCallReport report = await Write(new ScriptedModel());
        Assert.Equal(("rules", "no more answers"), (report.By, report.Problem));
    }

    [Fact]
    public async Task AModelThatNeverAnswersIsGivenUpInTime()
    {
        var time = new VirtualTime();
        Task<AfterCallReport> writing = new AfterCallByModel(new ScriptedModel { Hangs = true }, TimeSpan.FromSeconds(30), time).WriteAsync(Call, default);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(writing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        AfterCallReport report = await writing.WaitAsync(Patience);
        Assert.Equal(("rules", "the model did not answer within 30 s"), (report.By, report.Problem));
    }

    [Fact]
    public void AVeryLongCallKeepsItsBeginningAndItsEnd()
    {
        string words = string.Join(' ', Enumerable.Repeat("word", 40));
        string transcript = CallTranscript.Of(Enumerable.Range(0, 500).Select(i => new TimelineEvent.Heard(i, $"{i}: {words}", false) { At = Seconds(i) }));

        Assert.InRange(transcript.Length, 20_000, 24_100);
        Assert.StartsWith("Agent: 0: ", transcript, StringComparison.Ordinal);
        Assert.Contains("Agent: 499: ", transcript, StringComparison.Ordinal);
        Assert.Contains(" lines left out", transcript, StringComparison.Ordinal);
    }

    private static Task<AfterCallReport> Write(ScriptedModel model) =>
        new AfterCallByModel(model, TimeSpan.FromSeconds(30), new VirtualTime()).WriteAsync(Call, default).WaitAsync(Patience);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}

/// <summary>A model that gives its answers one after the other, then throws; or never answers.</summary>
internal sealed class ScriptedModel(params string[] answers) : IChatClient
{
    private readonly Queue<string> _answers = new(answers);

    public bool Hangs { get; init; }

    public List<IReadOnlyList<ChatMessage>> Requests { get; } = [];

    public List<string> Purposes { get; } = [];

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Requests.Add([.. messages]);
        Purposes.Add(options.Purpose());
        if (Hangs)
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        if (_answers.Count == 0)
            throw new InvalidOperationException("no more answers");
        options.Report()?.Invoke(new TimelineEvent.ModelUsage("scripted", 100, 20, 0.01m, options.Purpose()) { At = TimeSpan.Zero });
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, _answers.Dequeue()));
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("this is asked for whole answers");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
