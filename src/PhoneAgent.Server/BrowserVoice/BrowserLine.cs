using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Telephony.Rtp;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>
/// The line on which calls over sockets arrive, beside the telephone's. It holds the calls; their sockets come and go. Also
/// watches calls start, to tell clients what happens in theirs. Thread-safe.
/// </summary>
internal sealed partial class BrowserLine(BrowserVoiceOptions options, MediaClock? clock, TimeProvider time, ILogger<BrowserLine> logger) : IPhoneLine, ICallWatcher
{
    /// <summary>Calls that nobody has answered wait for no longer.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly Channel<IIncomingCall> _incoming = Channel.CreateUnbounded<IIncomingCall>();
    private readonly ConcurrentDictionary<string, SocketCall> _calls = new();
    private readonly OneTimeTokens<SocketCall> _resumable = new(time, Timeout.InfiniteTimeSpan, options.MaxCalls * 2);
    private readonly ConcurrentDictionary<SocketCall, string> _resumeTokens = new();
    private int _count;
    private bool _draining;

    public ChannelReader<IIncomingCall> Incoming => _incoming.Reader;

    /// <summary>Calls at the moment, those that wait for their client too.</summary>
    public int Calls => Volatile.Read(ref _count);

    /// <summary>Opens nothing: sockets come from the web server.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(PlaceCallResult.Failed(new CallEnd(CallEndCause.NotFound, EndedBy.Network, Reason: "a browser cannot be called")));

    public void Drain() => Volatile.Write(ref _draining, true);

    /// <summary>A new call; rings until an agent takes it.</summary>
    /// <returns>The call, or how its socket is to be closed.</returns>
    public async Task<(SocketCall? Call, VoiceClose? Refusal)> CallAsync(CallInfo info, bool canResume)
    {
        if (Volatile.Read(ref _draining))
            return (null, new VoiceClose(VoiceCloseCode.Unavailable, "the server is stopping"));
        if (Interlocked.Increment(ref _count) > options.MaxCalls)
        {
            Interlocked.Decrement(ref _count);
            return (null, new VoiceClose(VoiceCloseCode.Unavailable, "all places are taken; try again later"));
        }
        SocketCall call = null!;
        call = new SocketCall(info, new SocketAudio(clock) { OnFaulted = e => Break(call, e) }, canResume ? options.ResumeWindow : TimeSpan.Zero, time) { OnEnded = Forget };
        _calls[info.Id] = call;
        var ringing = new IncomingSocketCall(call);
        _incoming.Writer.TryWrite(ringing);
        RejectReason? rejected;
        try
        {
            rejected = await ringing.Outcome.WaitAsync(AnswerTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            ringing.GiveUp();
            rejected = await ringing.Outcome.ConfigureAwait(false);
        }
        if (rejected is not { } reason)
            return (call, null);
        await call.DisposeAsync().ConfigureAwait(false);
        return (null, reason == RejectReason.NotFound
            ? new VoiceClose(VoiceCloseCode.NoSession, "no agent answers this name")
            : new VoiceClose(VoiceCloseCode.Unavailable, "no agent is free; try again later"));
    }

    /// <summary>The secret by which a client goes on with its call after a lost connection; the one before is void.</summary>
    public string IssueResume(SocketCall call)
    {
        string token = _resumable.Issue(call);
        string? before = null;
        _resumeTokens.AddOrUpdate(call, token, (_, old) => { before = old; return token; });
        _resumable.Revoke(before);
        if (call.HasEnded)
            Forget(call, counted: false);
        return token;
    }

    /// <summary>The call that this secret belongs to, while it is not over. Of one use.</summary>
    public SocketCall? Resume(string token) => _resumable.TryRedeem(token, out SocketCall? call) && !call.HasEnded ? call : null;

    public void OnStarted(RunningCall call)
    {
        if (_calls.TryGetValue(call.Info.Id, out SocketCall? mine))
            mine.Follow(call.Timeline);
    }

    public ValueTask DisposeAsync()
    {
        _incoming.Writer.TryComplete();
        foreach (SocketCall call in _calls.Values)
            call.End(new CallEnd(CallEndCause.ShuttingDown, EndedBy.Agent, Reason: "the server stops"));
        return ValueTask.CompletedTask;
    }

    private void Forget(SocketCall call) => Forget(call, counted: true);

    private void Forget(SocketCall call, bool counted)
    {
        _calls.TryRemove(call.Info.Id, out _);
        if (_resumeTokens.TryRemove(call, out string? token))
            _resumable.Revoke(token);
        if (counted)
            Interlocked.Decrement(ref _count);
    }

    private void Break(SocketCall call, Exception exception)
    {
        Log.Broke(logger, exception, call.Info.Id);
        call.End(new CallEnd(CallEndCause.Failed, EndedBy.Agent, Reason: $"the media broke: {exception.Message}"));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: its media broke; other calls are not affected")]
        public static partial void Broke(ILogger logger, Exception exception, string callId);
    }
}
