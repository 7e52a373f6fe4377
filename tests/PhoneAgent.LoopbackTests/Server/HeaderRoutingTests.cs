using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.LoopbackTests.Server;

/// <summary>A header of a real INVITE chooses the agent.</summary>
public sealed class HeaderRoutingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly AgentsOptions Agents = new()
    {
        Default = EchoAgent.BuiltInName,
        Routes =
        [
            new AgentRoute { Called = "desk", Header = "X-Department", Value = "sales*", Agent = "sales" },
            new AgentRoute { Header = "Subject", Value = "/[Cc]omplaint/", Agent = "complaints" },
            new AgentRoute { Caller = "+4930*", Agent = "berlin" },
        ],
    };

    [Theory]
    [InlineData("desk", "alice", "X-Department", "sales-north", "sales")]
    [InlineData("desk", "alice", "x-department", "sales", "sales")]
    [InlineData("desk", "alice", "X-Department", "service", EchoAgent.BuiltInName)]
    [InlineData("other", "alice", "X-Department", "sales", EchoAgent.BuiltInName)]
    [InlineData("other", "alice", "Subject", "A complaint about my order", "complaints")]
    [InlineData("other", "+4930123456", null, "", "berlin")]
    public async Task TheRuleThatHoldsChoosesTheAgent(string called, string caller, string? header, string value, string agent)
    {
        using var patience = new CancellationTokenSource(Patience);
        var directory = new AgentDirectory(new[] { "sales", "complaints", "berlin" }.Select(name => new NamedAgent(name)).Append<Agent>(new EchoAgent()), Agents);
        await using TestLine there = await TestLine.StartAsync(sip => Agents.WithHeaders(sip));
        await using TestLine here = await TestLine.StartAsync();
        var headers = new Dictionary<string, string>();
        if (header is not null)
            headers[header] = value;

        Task<PlaceCallResult> placing = here.Line.PlaceAsync(new PlaceCallRequest(there.Uri(called)) { CallerId = caller, Headers = headers }, patience.Token);
        IIncomingCall incoming = await there.NextAsync(patience.Token);

        Assert.Equal(agent, directory.For(incoming.Info)?.Name);
        await incoming.RejectAsync(RejectReason.Busy, patience.Token);
        Assert.Equal(CallEndCause.Busy, (await placing).Failure?.Cause);
    }

    private sealed record NamedAgent(string Name) : Agent(Name)
    {
        public override ICallSession Open(ICall call, Lazy<PhoneAgent.Conversation.CallEngines> engines, ICallRecorder? recorder, Microsoft.Extensions.Logging.ILoggerFactory loggers) =>
            throw new NotSupportedException("this call is not answered");
    }
}
