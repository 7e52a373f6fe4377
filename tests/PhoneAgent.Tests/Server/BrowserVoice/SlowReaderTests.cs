using System.Net.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.BrowserVoice;

/// <summary>Clients that take the agent's voice too slowly, step by step.</summary>
public sealed class SlowReaderTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly VirtualTime _time = new();
    private readonly BrowserVoiceOptions _options = new();
    private readonly FakeSocket _socket = new();
    private readonly BrowserLine _line;
    private readonly OneTimeTokens<TalkGrant> _tokens;

    public SlowReaderTests()
    {
        _line = new BrowserLine(_options, clock: null, _time, NullLogger<BrowserLine>.Instance);
        _tokens = new OneTimeTokens<TalkGrant>(_time, _options.TokenLifetime, 10);
    }

    public ValueTask DisposeAsync() => _line.DisposeAsync();

    [Fact]
    public async Task HisCallWaitsForHimWhateverHeAnswersToOurClose()
    {
        (SocketCall call, Task running) = await CallAsync();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _socket.Read = () => read.Task;
        for (int i = 0; i < 400; i++)
            call.SocketAudio.Tick(i * 20_000_000L);
        read.SetResult();
        Assert.Equal(4430, (int)await _socket.Closed.WaitAsync(Patience));

        _socket.Close(WebSocketCloseStatus.NormalClosure);
        await running.WaitAsync(Patience);
        Assert.True(call.IsAway);
        Assert.False(call.HasEnded);
        Assert.Equal(1, _line.Calls);
        await call.DisposeAsync();
    }

    [Fact]
    public async Task WhoTakesALittleNowAndThenIsCutOffAfterTheCallToo()
    {
        (SocketCall call, Task running) = await CallAsync();
        using var asked = new SemaphoreSlim(0);
        using var taking = new SemaphoreSlim(0);
        _socket.Read = () =>
        {
            asked.Release();
            return taking.WaitAsync();
        };
        for (int i = 0; i < 64; i++)
            call.SocketAudio.Tick(i * 20_000_000L);
        await call.DisposeAsync();
        // A frame every 2.6 s is soon enough for each send.
        for (int i = 0; i < 2; i++)
        {
            Assert.True(await asked.WaitAsync(Patience));
            _time.Advance(TimeSpan.FromSeconds(2.6));
            taking.Release();
        }
        await _socket.Aborted.WaitAsync(Patience);
        await running.WaitAsync(Patience);
        Assert.Equal(0, _line.Calls);
    }

    /// <summary>A call whose agent speaks without end.</summary>
    private async Task<(SocketCall Call, Task Running)> CallAsync()
    {
        var connection = new BrowserConnection(_socket, _line, _tokens, _options, WakeWords.None("a test"), _time, NullLogger.Instance);
        Task running = connection.RunAsync(CancellationToken.None);
        _socket.Say($$"""{"type":"hello","versions":[1],"token":"{{_tokens.Issue(new TalkGrant("ann"))}}","capabilities":["resume"]}""");
        IIncomingCall ringing = await _line.Incoming.ReadAsync().AsTask().WaitAsync(Patience);
        var call = (SocketCall)(await ringing.AnswerAsync(CancellationToken.None))!;
        call.SocketAudio.Start(new Speaking());
        // Until the socket carries it.
        while (call.SocketAudio.Statistics.PacketsSent == 0)
        {
            call.SocketAudio.Tick(0);
            await Task.Yield();
        }
        return (call, running);
    }

    private sealed class Speaking : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Fill(1000);
            return true;
        }
    }
}
