using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Conversation.AfterCall;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer.Brief;

public sealed class BriefWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly BriefSource Source = BriefCalls.Of(BriefCalls.Angry, TransferReasons.Asked, BriefCalls.FrontDesk());

    private readonly List<TimelineEvent> _reported = [];

    [Fact]
    public async Task AModelThatIsQuickWritesTheSummary()
    {
        var model = new ScriptedModel("The caller waits for order 420718.\nIt was promised for Monday.");

        HandoverBrief brief = await WriteAsync(model);

        Assert.Equal(("model", "The caller waits for order 420718. It was promised for Monday."), (brief.SummaryBy, brief.Summary));
        Assert.Equal("This is the assistant front desk, with Anna Miller on the line. The caller asked for a person. "
            + "The caller waits for order four two, zero seven, one eight. It was promised for Monday. The caller is frustrated.", brief.Spoken);
        Assert.Equal(["brief"], model.Purposes);
        Assert.Contains("Caller: this is ridiculous", model.Requests[0][1].Text, StringComparison.Ordinal);
        Assert.IsType<TimelineEvent.ModelUsage>(Assert.Single(_reported));
    }

    [Fact]
    public async Task AFloodOfWordsIsCutAtASentence()
    {
        string[] sentences = [.. Enumerable.Range(1, 6).Select(i => $"The caller says that point number {i} was not done properly.")];
        HandoverBrief brief = await WriteAsync(new ScriptedModel(string.Join(' ', sentences)));
        Assert.Equal("model", brief.SummaryBy);
        Assert.InRange(SpeakingTime.Of(brief.Spoken), TimeSpan.FromSeconds(10), SpokenBrief.Longest);
        Assert.Contains("point number one was not done properly.", brief.Spoken, StringComparison.Ordinal);
        Assert.DoesNotContain("point number six", brief.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTransferDoesNotWaitForASlowModel()
    {
        var time = new VirtualTime();
        Task<HandoverBrief> writing = new BriefWriter(new ScriptedModel { Hangs = true }, BriefWriter.DefaultLimit, time).WriteAsync(Source, _reported.Add, default);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(writing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        AssertByRules(await writing.WaitAsync(Patience), "the model did not answer within 2 s");
    }

    [Fact]
    public async Task AModelThatThrowsIsReplacedByRules() => AssertByRules(await WriteAsync(new ScriptedModel()), "no more answers");

    [Fact]
    public async Task AnEmptyAnswerIsReplacedByRules() => AssertByRules(await WriteAsync(new ScriptedModel(" \n")), "the model wrote nothing");

    [Fact]
    public async Task AnEndlessAnswerIsReplacedByRules() => AssertByRules(await WriteAsync(new ScriptedModel(new string('a', 401))), "the model wrote too much");

    [Fact]
    public async Task NobodyIsAskedAboutACallInWhichNothingWasSaid()
    {
        var model = new ScriptedModel("Something.");
        await new BriefWriter(model, BriefWriter.DefaultLimit, new VirtualTime()).WriteAsync(BriefCalls.Of([], TransferReasons.Asked), _reported.Add, default);
        Assert.Empty(model.Requests);
    }

    private void AssertByRules(HandoverBrief brief, string problem)
    {
        Assert.Equal(BriefByRules.Write(Source).Spoken, brief.Spoken);
        Assert.Equal(("rules", problem), (brief.SummaryBy, _reported.OfType<TimelineEvent.Failure>().Single().What));
    }

    private Task<HandoverBrief> WriteAsync(ScriptedModel model) =>
        new BriefWriter(model, BriefWriter.DefaultLimit, new VirtualTime()).WriteAsync(Source, _reported.Add, default).WaitAsync(Patience);
}
