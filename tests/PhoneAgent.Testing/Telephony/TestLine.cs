using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Testing.Telephony;

/// <summary>Makes the user agent under a line.</summary>
public delegate ISipUserAgent UserAgentMaker(SipOptions options, ICallMediaFactory media, ICallGate gate);

/// <summary>A line on loopback with media that speaks SDP only.</summary>
public sealed class TestLine : IAsyncDisposable
{
    private TestLine(SipPhoneLine line, FakeCallMediaFactory media) => (Line, Media) = (line, media);

    public SipPhoneLine Line { get; }
    public FakeCallMediaFactory Media { get; }

    /// <param name="change">What differs from an open line on loopback with ports of the system's choice.</param>
    /// <param name="media">Media with sound in place of <see cref="Media"/>.</param>
    /// <param name="userAgent">Our own user agent when absent.</param>
    /// <param name="gate">Lets all through when absent.</param>
    public static async Task<TestLine> StartAsync(
        Func<SipOptions, SipOptions>? change = null, ICallMediaFactory? media = null, UserAgentMaker? userAgent = null, ICallGate? gate = null)
    {
        var options = new SipOptions
        {
            Listen = [new() { Transport = "udp", Port = 0 }, new() { Transport = "tcp", Port = 0 }, new() { Transport = "tls", Port = 0 }],
            Tls = new() { VerifyPeer = false },
        };
        options = change?.Invoke(options) ?? options;
        Assert.Empty(options.Validate());
        var silent = new FakeCallMediaFactory();
        var agent = (userAgent ?? BuiltIn)(options, media ?? silent, gate ?? new FakeCallGate());
        var line = new SipPhoneLine(agent, options.Inbound.Backlog, TimeProvider.System, NullLogger<SipPhoneLine>.Instance);
        try
        {
            await line.StartAsync(CancellationToken.None);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
        return new TestLine(line, silent);
    }

    public static ISipUserAgent BuiltIn(SipOptions options, ICallMediaFactory media, ICallGate gate) =>
        new SipUserAgent(options, media, gate, TimeProvider.System, NullLogger<SipUserAgent>.Instance);

    /// <summary>A URI that leads here.</summary>
    public string Uri(string user, string transport = "udp")
    {
        var endPoint = Line.Listeners.First(listener => listener.Transport == transport).EndPoint;
        return transport == "udp" ? $"sip:{user}@{endPoint}" : $"sip:{user}@{endPoint};transport={transport}";
    }

    public int Port(string transport = "udp") => Line.Listeners.First(listener => listener.Transport == transport).EndPoint.Port;

    public async Task<IIncomingCall> NextAsync(CancellationToken cancellationToken) => await Line.Incoming.ReadAsync(cancellationToken);

    public async Task<ICall> AnswerNextAsync(CancellationToken cancellationToken) =>
        await (await NextAsync(cancellationToken)).AnswerAsync(cancellationToken) ?? throw new InvalidOperationException("the caller gave up");

    public ValueTask DisposeAsync() => Line.DisposeAsync();
}

public static class Signals
{
    /// <summary>Reads until the end of the call.</summary>
    public static async Task<CallEnd> EndAsync(this ICall call, CancellationToken cancellationToken)
    {
        await foreach (var signal in call.Signals.ReadAllAsync(cancellationToken))
            if (signal is CallSignal.Ended ended)
                return ended.End;
        throw new InvalidOperationException("the signals ended without a reason");
    }

    /// <summary>Reads until a signal of that kind.</summary>
    public static async Task<T> NextAsync<T>(this ICall call, CancellationToken cancellationToken) where T : CallSignal
    {
        await foreach (var signal in call.Signals.ReadAllAsync(cancellationToken))
            if (signal is T wanted)
                return wanted;
        throw new InvalidOperationException($"the call ended without {typeof(T).Name}");
    }
}
