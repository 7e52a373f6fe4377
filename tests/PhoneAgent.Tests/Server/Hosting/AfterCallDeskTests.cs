using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Conversation.AfterCall;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class AfterCallDeskTests
{
    private const string Answer = """{"summary":"It was short.","disposition":null}""";

    private static readonly EndedCall Call = new("a", new AfterCallDefinition(true, [], []), new Dictionary<string, string>(), [new TimelineEvent.Dtmf('1', DtmfSource.Rtp) { At = TimeSpan.Zero }]);

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task TheReportIsWrittenBesideWhatRuns()
    {
        AfterCallDesk desk = Desk(new ScriptedModel(Answer));
        var written = new TaskCompletionSource<AfterCallReport>();
        desk.Begin("one", Call, report => { written.SetResult(report); return Task.CompletedTask; });
        Assert.Equal("It was short.", (await written.Task.WaitAsync(HostRig.Patience)).Summary);
        await desk.DisposeAsync();
    }

    [Fact]
    public async Task TheEndWaitsForWhatIsNearlyDone()
    {
        AfterCallDesk desk = Desk(new ScriptedModel(Answer));
        int written = 0;
        desk.Begin("one", Call, _ => { Interlocked.Increment(ref written); return Task.CompletedTask; });
        await desk.DisposeAsync().AsTask().WaitAsync(HostRig.Patience);
        Assert.Equal(1, written);
    }

    [Fact]
    public async Task TheEndDoesNotWaitForeverForAModelThatHangs()
    {
        AfterCallDesk desk = Desk(new ScriptedModel { Hangs = true });
        desk.Begin("one", Call, _ => Task.CompletedTask);
        Task ending = desk.DisposeAsync().AsTask();
        while (!ending.IsCompleted)
        {
            _time.AdvanceToNextTimer(TimeSpan.FromMinutes(5));
            await Task.Yield();
        }
        await ending;
        Assert.True(_time.GetUtcNow() <= new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero));
        // Nothing begins after the end.
        desk.Begin("two", Call, _ => throw new InvalidOperationException("after the end"));
    }

    [Fact]
    public async Task ACallThatEndsWhileTheProgramEndsIsNotBegun()
    {
        var model = new ScriptedModel { Hangs = true };
        AfterCallDesk desk = Desk(model);
        desk.Begin("one", Call, _ => Task.CompletedTask);
        while (model.Requests.Count == 0)
            await Task.Yield();
        Task ending = desk.DisposeAsync().AsTask();
        Assert.False(ending.IsCompleted);
        desk.Begin("two", Call, _ => throw new InvalidOperationException("nobody waits for it"));
        while (!ending.IsCompleted)
        {
            _time.AdvanceToNextTimer(TimeSpan.FromMinutes(5));
            await Task.Yield();
        }
        await ending;
        Assert.Single(model.Requests);
    }

    [Fact]
    public async Task WithoutAModelOrAQuestionNothingIsAsked()
    {
        AfterCallDesk none = Desk(null);
        none.Begin("one", Call, _ => throw new InvalidOperationException("there is no model"));
        await none.DisposeAsync();

        var model = new ScriptedModel(Answer);
        AfterCallDesk desk = Desk(model);
        desk.Begin("one", Call with { Definition = null }, _ => Task.CompletedTask);
        desk.Begin("two", Call with { Events = [] }, _ => Task.CompletedTask);
        await desk.DisposeAsync();
        Assert.Empty(model.Requests);
    }

    private AfterCallDesk Desk(ScriptedModel? model) =>
        new(model, new LoadedConfig(new PhoneAgentOptions(), null, "/nowhere", []), _time, NullLogger<AfterCallDesk>.Instance);
}
