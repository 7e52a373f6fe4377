using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Sip;

/// <summary>
/// What the line relies on in every <see cref="ISipUserAgent"/>, over real sockets on loopback. "Mine" is the implementation
/// under test; "theirs" is our own user agent, or a <see cref="SipPeer"/> where every byte matters.
/// </summary>
public abstract class SipUserAgentContract : IAsyncLifetime
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
    private readonly List<IAsyncDisposable> opened = [];

    /// <summary>A test that takes longer has failed.</summary>
    protected CancellationToken Soon => patience.Token;

    /// <summary>The implementation under test.</summary>
    protected abstract ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate);

    /// <summary>A line on the implementation under test.</summary>
    protected Task<TestLine> MineAsync(Func<SipOptions, SipOptions>? change = null, ICallGate? gate = null) => OpenAsync(change, Create, gate);

    /// <summary>A line of somebody else's.</summary>
    protected Task<TestLine> TheirsAsync(Func<SipOptions, SipOptions>? change = null) => OpenAsync(change, TestLine.BuiltIn, null);

    protected SipPeer Peer()
    {
        var peer = new SipPeer();
        opened.Add(peer);
        return peer;
    }

    /// <summary>A call from theirs to mine, answered.</summary>
    protected async Task<(ICall Mine, ICall Theirs)> InboundAsync(TestLine mine, TestLine theirs, string transport = "udp") =>
        Swap(await CallAsync(theirs, mine, "desk", transport));

    /// <summary>A call from mine to theirs, answered.</summary>
    protected Task<(ICall Mine, ICall Theirs)> OutboundAsync(TestLine mine, TestLine theirs, string transport = "udp", string user = "bob") =>
        CallAsync(mine, theirs, user, transport);

    protected async Task<CallEnd> FailsAsync(TestLine line, PlaceCallRequest request)
    {
        var result = await line.Line.PlaceAsync(request, Soon);
        Assert.Null(result.Call);
        return result.Failure!;
    }

    /// <summary>Waits for what no signal tells.</summary>
    protected async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Soon);
    }

    /// <summary>Nothing is left of the line's calls.</summary>
    protected Task NothingLeftAsync(TestLine mine) => UntilAsync(() => mine.Line.ActiveCalls == 0 && mine.Media.Made.All(media => media.IsDisposed));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(opened))
            await one.DisposeAsync();
        patience.Dispose();
    }

    private async Task<TestLine> OpenAsync(Func<SipOptions, SipOptions>? change, UserAgentMaker maker, ICallGate? gate)
    {
        var line = await TestLine.StartAsync(change, userAgent: maker, gate: gate);
        opened.Add(line);
        return line;
    }

    private async Task<(ICall From, ICall To)> CallAsync(TestLine from, TestLine to, string user, string transport)
    {
        var id = Guid.NewGuid().ToString("N");
        var placing = from.Line.PlaceAsync(new PlaceCallRequest(to.Uri(user, transport)) { Id = id, CallerId = "alice" }, Soon);
        var called = await to.AnswerNextAsync(Soon);
        opened.Add(called);
        var placed = await placing;
        Assert.True(placed.Call is not null, placed.Failure?.ToString());
        opened.Add(placed.Call);
        Assert.Equal(id, placed.Call.Info.Id);
        return (placed.Call, called);
    }

    private static (ICall, ICall) Swap((ICall From, ICall To) pair) => (pair.To, pair.From);

    /// <summary>Progress on the reporting thread: <see cref="Progress{T}"/> would post it elsewhere.</summary>
    protected sealed class Forward(Action<CallProgress> tell) : IProgress<CallProgress>
    {
        public void Report(CallProgress value) => tell(value);
    }
}
