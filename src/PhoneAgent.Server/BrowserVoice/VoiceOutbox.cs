using System.Net.WebSockets;
using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>
/// What goes out on one socket, in order, written by one loop. Audio waits in slots allocated once, control in a bounded
/// queue; a client that does not read costs its own audio, then its socket. Thread-safe; audio comes from one thread.
/// </summary>
internal sealed class VoiceOutbox : IAudioSink
{
    /// <summary>1.28 s.</summary>
    private const int MaxAudio = 64;
    private const int MaxControl = 256;
    /// <summary>Nothing was taken for so long: the connection is dead or its owner does not read.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(4);
    /// <summary>For the client to answer our close.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    /// <summary>From <see cref="Finish"/> to the end, however slowly the client takes what waits: more than the audio that may wait.</summary>
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(5);
    /// <summary>A frame without room counts 2, one with room −1: a client that takes half of its audio is given up after some 10 s.</summary>
    private const int MaxBehind = 400;

    private readonly WebSocket _socket;
    private readonly IVoiceWire _wire;
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly short[] _frames = new short[MaxAudio * AudioFormat.FrameSamples];
    private readonly byte[] _message;
    private readonly ITimer _watch;
    private readonly ITimer _last;
    private long _writtenFrames;
    private long _readFrames;
    private int _waitingControl;
    private int _behind;
    private long _nextPosition = -1;
    private VoiceClose? _close;

    public VoiceOutbox(WebSocket socket, IVoiceWire wire, TimeProvider time)
    {
        (_socket, _wire) = (socket, wire);
        _message = new byte[wire.MaxAudioBytes];
        _watch = AbortTimer();
        _last = AbortTimer();

        ITimer AbortTimer() => time.CreateTimer(static socket => ((WebSocket)socket!).Abort(), socket, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How it was closed from our side; null: it was not.</summary>
    public VoiceClose? Close => Volatile.Read(ref _close);

    public bool TrySend(long position, ReadOnlySpan<short> frame)
    {
        if (Close is not null)
            return false;
        if (_writtenFrames - Volatile.Read(ref _readFrames) == MaxAudio)
        {
            _behind += 2;
            if (_behind > MaxBehind)
                Finish(new VoiceClose(VoiceCloseCode.SlowReader, "the agent's audio is not read as fast as it is spoken"));
            return false;
        }
        _behind = Math.Max(0, _behind - 1);
        frame.CopyTo(Slot(_writtenFrames));
        _writtenFrames++;
        bool startsSpurt = position != _nextPosition;
        _nextPosition = position + frame.Length;
        _items.Writer.TryWrite(new Item(position, startsSpurt, null, null));
        return true;
    }

    /// <summary>Queues a control message; a client that lets hundreds wait is closed.</summary>
    public void Post(ServerMessage message)
    {
        if (Close is not null)
            return;
        if (Interlocked.Increment(ref _waitingControl) > MaxControl)
            Finish(new VoiceClose(VoiceCloseCode.SlowReader, "control messages are not read"));
        else
            _items.Writer.TryWrite(new Item(0, false, message, null));
    }

    /// <summary>The last that is sent, after all that waits. The first reason stands.</summary>
    public void Finish(VoiceClose close)
    {
        if (Interlocked.CompareExchange(ref _close, close, null) is not null)
            return;
        _last.Change(FinishTimeout, Timeout.InfiniteTimeSpan);
        _items.Writer.TryWrite(new Item(0, false, null, close));
        _items.Writer.TryComplete();
    }

    /// <summary>Writes until <see cref="Finish"/> or until the connection breaks. Never faults.</summary>
    public async Task RunAsync()
    {
        try
        {
            await foreach (Item item in _items.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                _watch.Change(item.Close is null ? SendTimeout : CloseTimeout, Timeout.InfiniteTimeSpan);
                await WriteAsync(item).ConfigureAwait(false);
                // After a close the watch goes on: it bounds how long the client may take to answer.
                if (item.Close is null)
                    _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The connection is gone; who reads from it sees that too, and ends what is to be ended.
            _socket.Abort();
        }
    }

    /// <summary>After the reading side has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync().ConfigureAwait(false);
        await _last.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes a socket that got no call, and reads until its client has closed too or is too slow to: so the reason arrives.</summary>
    /// <param name="reading">The read that has begun, or the last one.</param>
    public static async Task RefuseAsync(WebSocket socket, VoiceClose close, MessageReader reader, Task<SocketMessage> reading, TimeProvider time)
    {
        var outbox = new VoiceOutbox(socket, new BrowserWire([]), time);
        Task writing = outbox.RunAsync();
        outbox.Finish(close);
        while ((await reading.ConfigureAwait(false)).Kind is not (SocketMessageKind.Closed or SocketMessageKind.Lost))
            reading = reader.ReadAsync(CancellationToken.None).AsTask();
        await writing.ConfigureAwait(false);
        await outbox.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask WriteAsync(in Item item)
    {
        if (item.Close is { } close)
            return new ValueTask(_socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, close.ShortReason, CancellationToken.None));
        if (item.Control is { } control)
        {
            Interlocked.Decrement(ref _waitingControl);
            byte[]? text = _wire.Write(control);
            return text is null ? ValueTask.CompletedTask : _socket.SendAsync(text.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        int length = _wire.WriteAudio(item.Position, item.StartsSpurt, Slot(_readFrames), _message);
        Volatile.Write(ref _readFrames, _readFrames + 1);
        return _socket.SendAsync(_message.AsMemory(0, length), _wire.AudioType, endOfMessage: true, CancellationToken.None);
    }

    private Span<short> Slot(long number) => _frames.AsSpan((int)(number % MaxAudio) * AudioFormat.FrameSamples, AudioFormat.FrameSamples);

    private readonly record struct Item(long Position, bool StartsSpurt, ServerMessage? Control, VoiceClose? Close);
}
