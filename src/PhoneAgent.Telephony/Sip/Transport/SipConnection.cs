using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>
/// One TCP or TLS connection: a loop that reads and cuts out messages, a loop that writes what is queued.
/// <see cref="TrySend"/> is called on the SIP loop; the end is told by a callback on any thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no handle, and Close may come after the end.")]
internal sealed class SipConnection
{
    private const int FirstBufferBytes = 4096;
    private const int MaxBufferBytes = SipLimits.MaxMessageBytes + FirstBufferBytes;
    private static readonly byte[] s_ping = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] s_pong = "\r\n"u8.ToArray();

    private readonly SipReceiver _receiver;
    private readonly TimeProvider _timeProvider;
    private readonly Channel<Outgoing> _queue;
    private readonly CancellationTokenSource _stop = new();
    private long _lastActive;
    private string? _closeReason;

    public SipConnection(long id, SipDestination peer, bool isOutgoing, int maxQueue, SipReceiver receiver, TimeProvider timeProvider)
    {
        (Id, Peer, IsOutgoing, _receiver, _timeProvider) = (id, peer, isOutgoing, receiver, timeProvider);
        _queue = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(maxQueue) { SingleReader = true });
        _lastActive = timeProvider.GetTimestamp();
    }

    public long Id { get; }
    public SipDestination Peer { get; }
    public bool IsOutgoing { get; }
    /// <summary>Known once the connection stands.</summary>
    public IPEndPoint? Local { get; private set; }
    public TimeSpan Idle => _timeProvider.GetElapsedTime(Interlocked.Read(ref _lastActive));

    /// <summary>False when too much waits already: the peer does not read.</summary>
    public bool TrySend(byte[] bytes, Action<string>? onFailure) => _queue.Writer.TryWrite(new Outgoing(bytes, onFailure));

    public void Ping() => TrySend(s_ping, null);

    public void Close(string reason)
    {
        _closeReason ??= reason;
        _stop.Cancel();
    }

    /// <summary>Opens, then reads and writes until the end; returns why it ended. What was not written is told to its senders.</summary>
    public async Task<string> RunAsync(Func<CancellationToken, Task<(Stream Stream, IPEndPoint Local)>> openAsync, TimeSpan openTimeout)
    {
        string reason;
        try
        {
            Stream stream;
            using (var timeout = new CancellationTokenSource(openTimeout, _timeProvider))
            using (var opening = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token))
                (stream, Local) = await openAsync(opening.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
                reason = await ExchangeAsync(stream).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            reason = _closeReason ?? "timed out while connecting";
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            reason = e.InnerException is null ? e.Message : $"{e.Message} ({e.InnerException.Message})";
        }
        reason = _closeReason ?? reason;
        _queue.Writer.TryComplete();
        while (_queue.Reader.TryRead(out Outgoing unsent))
            unsent.OnFailure?.Invoke(reason);
        return reason;
    }

    private async Task<string> ExchangeAsync(Stream stream)
    {
        Task<string> writing = WriteAsync(stream);
        string reason = await ReadAsync(stream).ConfigureAwait(false);
        _closeReason ??= reason;
        await _stop.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        return reason;
    }

    private async Task<string> WriteAsync(Stream stream)
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                while (_queue.Reader.TryRead(out Outgoing next))
                {
                    try
                    {
                        await stream.WriteAsync(next.Bytes, _stop.Token).ConfigureAwait(false);
                        Interlocked.Exchange(ref _lastActive, _timeProvider.GetTimestamp());
                    }
                    catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
                    {
                        next.OnFailure?.Invoke(e.Message);
                        Close(e.Message);
                        return e.Message;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Closed; what is still queued is told by RunAsync.
        }
        return "closed";
    }

    private async Task<string> ReadAsync(Stream stream)
    {
        byte[] buffer = new byte[FirstBufferBytes];
        int filled = 0;
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(filled), _stop.Token).ConfigureAwait(false);
                if (read == 0)
                    return "the peer closed the connection";
                Interlocked.Exchange(ref _lastActive, _timeProvider.GetTimestamp());
                filled += read;
                if (!TakeFrames(buffer.AsSpan(0, filled), out int consumed))
                    return "the stream is not SIP";
                buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
                filled -= consumed;
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, Math.Min(buffer.Length * 4, MaxBufferBytes));
                if (filled == buffer.Length)
                    return "a message is too long";
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    private bool TakeFrames(ReadOnlySpan<byte> bytes, out int consumed)
    {
        consumed = 0;
        var source = new SipSource(Peer.Transport, Peer.EndPoint, Local!, Id);
        while (true)
        {
            SipFrameResult result = SipStreamFramer.TryReadFrame(bytes[consumed..], out int taken, out ReadOnlySpan<byte> frame);
            consumed += taken;
            switch (result)
            {
                case SipFrameResult.NeedMore:
                    return true;
                case SipFrameResult.Ping:
                    TrySend(s_pong, null);
                    break;
                case SipFrameResult.Message:
                    _receiver.OnBytes(frame, source);
                    break;
                case SipFrameResult.Broken:
                    return false;
            }
        }
    }

    private readonly record struct Outgoing(byte[] Bytes, Action<string>? OnFailure);
}
