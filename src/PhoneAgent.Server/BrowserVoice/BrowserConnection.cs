using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>One socket that speaks the voice protocol (PROTOCOL.md), from hello to close.</summary>
internal sealed partial class BrowserConnection(WebSocket socket, BrowserLine line, OneTimeTokens<TalkGrant> tokens, BrowserVoiceOptions options, WakeWords wakeWords, TimeProvider time, ILogger logger)
{
    public const int Version = 1;
    private const int FrameMs = 20;
    private const int MaxMessageBytes = 8 * 1024;
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ControlCost = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxControlAhead = TimeSpan.FromSeconds(3);

    private readonly MessageReader _reader = new(socket, MaxMessageBytes);
    private readonly LeakyBucket _control = new(time);

    /// <summary>Carries the connection to its end. Never faults for what the client or the network does.</summary>
    /// <param name="cancellationToken">The server stops.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task<SocketMessage> first = _reader.ReadAsync(cancellationToken).AsTask();
        (ClientMessage.Hello? hello, VoiceClose? wrong) = await ReadHelloAsync(first).ConfigureAwait(false);
        if (hello is null)
        {
            await RefuseAsync(wrong, first).ConfigureAwait(false);
            return;
        }
        string[] agreed = [.. VoiceCapabilities.All.Intersect(hello.Capabilities)];
        (SocketCall? call, bool resumed, VoiceClose? refusal) = await OpenAsync(hello, agreed).ConfigureAwait(false);
        if (call is null)
        {
            await RefuseAsync(refusal, first).ConfigureAwait(false);
            return;
        }
        var outbox = new VoiceOutbox(socket, new BrowserWire(agreed), time);
        Task writing = outbox.RunAsync();
        try
        {
            if (call.Attach(outbox, Greeting(call, resumed, agreed)))
                await ReceiveAsync(call, outbox, hello.Rate, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            outbox.Finish(new VoiceClose(VoiceCloseCode.Normal, "the call is over"));
            await writing.ConfigureAwait(false);
            await outbox.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
        }
    }

    private async Task<(ClientMessage.Hello? Hello, VoiceClose? Wrong)> ReadHelloAsync(Task<SocketMessage> first)
    {
        SocketMessage message;
        try
        {
            message = await first.WaitAsync(HelloTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return (null, new VoiceClose(VoiceCloseCode.HelloTimeout, "no hello came in time"));
        }
        switch (message.Kind)
        {
            case SocketMessageKind.Text when ClientMessage.TryParse(message.Bytes.Span, out ClientMessage? parsed) && parsed is ClientMessage.Hello hello:
                return Check(hello) is { } wrong ? (null, wrong) : (hello, null);
            case SocketMessageKind.Text or SocketMessageKind.Binary:
                return (null, new VoiceClose(VoiceCloseCode.BadMessage, "the first message must be a hello"));
            case SocketMessageKind.TooBig:
                return (null, new VoiceClose(VoiceCloseCode.TooBig, $"messages are at most {MaxMessageBytes} bytes"));
            default:
                Log.NoHello(logger);
                return (null, null);
        }
    }

    private static VoiceClose? Check(ClientMessage.Hello hello)
    {
        if (!hello.Versions.Contains(Version))
            return new VoiceClose(VoiceCloseCode.Version, $"this server speaks version {Version}");
        return VoiceFrame.IsRate(hello.Rate) ? null : new VoiceClose(VoiceCloseCode.BadMessage, "rate is 8000, 16000, 24000 or 48000");
    }

    private async Task<(SocketCall? Call, bool Resumed, VoiceClose? Refusal)> OpenAsync(ClientMessage.Hello hello, string[] agreed)
    {
        if (hello.Resume is { } resume)
        {
            return line.Resume(resume) is { } running
                ? (running, true, null)
                : (null, false, new VoiceClose(VoiceCloseCode.NoSession, "there is no such call any more"));
        }
        if (!tokens.TryRedeem(hello.Token, out TalkGrant? grant))
            return (null, false, new VoiceClose(VoiceCloseCode.BadToken, "the token is unknown, too old, or was used"));
        var info = new CallInfo
        {
            Id = $"web-{Guid.NewGuid():N}",
            Direction = CallDirection.Inbound,
            RemoteParty = grant.User,
            LocalParty = hello.To ?? "talk",
            StartedAt = time.GetUtcNow(),
        };
        (SocketCall? call, VoiceClose? refusal) = await line.CallAsync(info, agreed.Contains(VoiceCapabilities.Resume)).ConfigureAwait(false);
        return (call, false, refusal);
    }

    private ServerMessage.Ready Greeting(SocketCall call, bool resumed, string[] agreed)
    {
        bool canResume = agreed.Contains(VoiceCapabilities.Resume) && options.ResumeWindow > TimeSpan.Zero;
        return new ServerMessage.Ready(
            Version, call.Info.Id, canResume ? line.IssueResume(call) : null, canResume ? options.ResumeWindow.TotalSeconds : 0, resumed,
            AudioFormat.SampleRate, FrameMs, agreed, wakeWords.State);
    }

    /// <summary>Takes what comes until the socket closes, and ends or parks the call accordingly.</summary>
    private async Task ReceiveAsync(SocketCall call, VoiceOutbox outbox, int rate, CancellationToken cancellationToken)
    {
        using var input = new VoiceInput(call.SocketAudio.Incoming, rate, pause => outbox.Post(new ServerMessage.Flow(pause)), time);
        while (true)
        {
            SocketMessage message = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            switch (message.Kind)
            {
                // 1001 is a page that was left; a close without a code reads as 1000. The answer to a close of ours is no goodbye, whatever code it has.
                case SocketMessageKind.Closed when outbox.Close is null
                    && socket.CloseStatus is WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.EndpointUnavailable:
                    call.EndUnlessReplaced(outbox, new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
                    return;
                case SocketMessageKind.Closed or SocketMessageKind.Lost:
                    call.Lose(outbox);
                    return;
            }
            // After our own close only the client's is waited for.
            if (outbox.Close is not null)
                continue;
            if (Take(message, call, outbox, input) is not { } close)
                continue;
            Log.Closed(logger, call.Info.Id, (int)close.Code, close.Reason);
            outbox.Finish(close);
            call.EndUnlessReplaced(outbox, new CallEnd(CallEndCause.Failed, EndedBy.Network, Reason: close.Reason));
        }
    }

    private VoiceClose? Take(in SocketMessage message, SocketCall call, VoiceOutbox outbox, VoiceInput input)
    {
        switch (message.Kind)
        {
            case SocketMessageKind.TooBig:
                return new VoiceClose(VoiceCloseCode.TooBig, $"messages are at most {MaxMessageBytes} bytes");
            case SocketMessageKind.Binary:
                return input.Take(message.Bytes.Span);
        }
        if (_control.Add(ControlCost) > MaxControlAhead)
            return new VoiceClose(VoiceCloseCode.TooMuch, "more than 20 control messages a second");
        if (!ClientMessage.TryParse(message.Bytes.Span, out ClientMessage? control))
            return new VoiceClose(VoiceCloseCode.BadMessage, "no message of this protocol, or a member of it is wrong");
        return On(control, call, outbox);
    }

    private VoiceClose? On(ClientMessage control, SocketCall call, VoiceOutbox outbox)
    {
        switch (control)
        {
            case ClientMessage.Hello:
                return new VoiceClose(VoiceCloseCode.BadMessage, "a second hello");
            case ClientMessage.Key key:
                call.OnKey(key.Digit[0]);
                break;
            case ClientMessage.Hold hold:
                call.OnHold(hold.Held);
                break;
            case ClientMessage.Ping ping:
                outbox.Post(new ServerMessage.Pong(ping.Time));
                break;
            case ClientMessage.Listen listen:
                if (listen.Mode == "wake-word" && !wakeWords.State.Available)
                    return new VoiceClose(VoiceCloseCode.BadMessage, "there is no wake word here");
                call.SocketAudio.Gate = listen.Mode == "wake-word" ? wakeWords.Open(score => call.Post(new ServerMessage.Wake(score))) : null;
                break;
            case ClientMessage.Bye:
                call.EndUnlessReplaced(outbox, new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
                break;
        }
        return null;
    }

    private async Task RefuseAsync(VoiceClose? close, Task<SocketMessage> reading)
    {
        if (close is not null)
        {
            Log.Refused(logger, (int)close.Code, close.Reason);
            await VoiceOutbox.RefuseAsync(socket, close, _reader, reading, time).ConfigureAwait(false);
        }
        socket.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A voice socket was closed before its hello")]
        public static partial void NoHello(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "A voice socket was refused with {Code}: {Reason}")]
        public static partial void Refused(ILogger logger, int code, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Call {CallId}: socket closed with {Code}: {Reason}")]
        public static partial void Closed(ILogger logger, string callId, int code, string reason);
    }
}

/// <summary>What a token of the talk page allows.</summary>
/// <param name="User">Who calls, as the call's record shows.</param>
internal sealed record TalkGrant(string User);
