using System.Buffers.Binary;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice.MediaStream;

/// <summary>One media stream of a telephone cloud, from start to stop. It cannot be gone on with.</summary>
/// <param name="mayTalk">Who opened the socket is known by its headers.</param>
/// <param name="isKey">Whether a secret is one that may talk.</param>
internal sealed partial class StreamConnection(WebSocket socket, BrowserLine line, bool mayTalk, Func<string, bool> isKey, TimeProvider time, ILogger logger)
{
    /// <summary>The parameter of the start by which clouds that cannot set headers say who they are.</summary>
    public const string KeyParameter = "key";
    private const int MaxMessageBytes = 16 * 1024;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    private readonly MessageReader _reader = new(socket, MaxMessageBytes);
    private readonly short[] _samples = new short[MaxMessageBytes];
    private ushort _sequence;
    private long _timestamp;

    /// <summary>Carries the connection to its end. Never faults for what the cloud or the network does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        (StreamMessage.Started? start, VoiceClose? wrong, Task<SocketMessage> reading) = await ReadStartAsync(cancellationToken).ConfigureAwait(false);
        SocketCall? call = null;
        if (start is not null && wrong is null)
            (call, wrong) = await line.CallAsync(Describe(start), canResume: false).ConfigureAwait(false);
        if (call is null)
        {
            if (wrong is not null)
            {
                Log.Refused(logger, (int)wrong.Code, wrong.Reason);
                await VoiceOutbox.RefuseAsync(socket, wrong, _reader, reading, time).ConfigureAwait(false);
            }
            socket.Dispose();
            return;
        }
        StreamFormat format = start!.Start!.MediaFormat!;
        var outbox = new VoiceOutbox(socket, new StreamWire(start.Sid!, format), time);
        Task writing = outbox.RunAsync();
        try
        {
            if (call.Attach(outbox, greeting: null))
                await ReceiveAsync(call, outbox, format, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            outbox.Finish(new VoiceClose(VoiceCloseCode.Normal, "the call is over"));
            await writing.ConfigureAwait(false);
            await outbox.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
        }
    }

    private async Task<(StreamMessage.Started? Start, VoiceClose? Wrong, Task<SocketMessage> Reading)> ReadStartAsync(CancellationToken cancellationToken)
    {
        Task<SocketMessage> reading = null!;
        long begin = time.GetTimestamp();
        // Some clouds say "connected" first.
        for (int i = 0; i < 2; i++)
        {
            reading = _reader.ReadAsync(cancellationToken).AsTask();
            SocketMessage message;
            try
            {
                TimeSpan left = StartTimeout - time.GetElapsedTime(begin);
                message = await reading.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return (null, new VoiceClose(VoiceCloseCode.HelloTimeout, "no start came in time"), reading);
            }
            if (message.Kind is SocketMessageKind.Closed or SocketMessageKind.Lost)
                return (null, null, reading);
            if (message.Kind != SocketMessageKind.Text || !StreamMessage.TryParse(message.Bytes.Span, out StreamMessage? parsed))
                return (null, new VoiceClose(VoiceCloseCode.BadMessage, "no start message, or a member of it is wrong"), reading);
            if (parsed is StreamMessage.Started start)
                return (start, Check(start), reading);
            if (parsed is not StreamMessage.Connected)
                break;
        }
        return (null, new VoiceClose(VoiceCloseCode.BadMessage, "the first message must be a start"), reading);
    }

    private VoiceClose? Check(StreamMessage.Started start)
    {
        if (!mayTalk && !(start.Start!.Parameter(KeyParameter) is { } key && isKey(key)))
            return new VoiceClose(VoiceCloseCode.BadToken, "an API key with the scope Talk is needed");
        return start.Start!.MediaFormat is { IsMuLaw: true } or { IsLinear: true }
            ? null
            : new VoiceClose(VoiceCloseCode.BadMessage, "mediaFormat is audio/x-mulaw of 8000 Hz, or audio/l16 of 8000, 16000, 24000 or 48000");
    }

    private CallInfo Describe(StreamMessage.Started start) => new()
    {
        Id = $"stream-{Guid.NewGuid():N}",
        Direction = CallDirection.Inbound,
        RemoteParty = start.Start!.Parameter("from") ?? "anonymous",
        LocalParty = start.Start.Parameter("to") ?? "stream",
        ProtocolId = start.Start.CallSid,
        StartedAt = time.GetUtcNow(),
    };

    private async Task ReceiveAsync(SocketCall call, VoiceOutbox outbox, StreamFormat format, CancellationToken cancellationToken)
    {
        // Clouds know no flow control: who is ahead for long is closed.
        using var input = new VoiceInput(call.SocketAudio.Incoming, format.SampleRate, static _ => { }, time);
        while (true)
        {
            SocketMessage message = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (message.Kind is SocketMessageKind.Lost)
            {
                call.Lose(outbox);
                return;
            }
            if (message.Kind is SocketMessageKind.Closed)
            {
                call.EndUnlessReplaced(outbox, new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
                return;
            }
            if (outbox.Close is not null || Take(message, call, outbox, format, input) is not { } close)
                continue;
            Log.Refused(logger, (int)close.Code, close.Reason);
            outbox.Finish(close);
            call.EndUnlessReplaced(outbox, new CallEnd(CallEndCause.Failed, EndedBy.Network, Reason: close.Reason));
        }
    }

    private VoiceClose? Take(in SocketMessage message, SocketCall call, VoiceOutbox outbox, StreamFormat format, VoiceInput input)
    {
        if (message.Kind == SocketMessageKind.TooBig)
            return new VoiceClose(VoiceCloseCode.TooBig, $"messages are at most {MaxMessageBytes} bytes");
        if (message.Kind != SocketMessageKind.Text || !StreamMessage.TryParse(message.Bytes.Span, out StreamMessage? parsed))
            return new VoiceClose(VoiceCloseCode.BadMessage, "no message of a media stream");
        switch (parsed)
        {
            case StreamMessage.Audio { Media: { Track: null or "inbound" } media }:
                return TakeAudio(media.Payload!, format, input);
            case StreamMessage.Key key:
                call.OnKey(key.Dtmf!.Digit![0]);
                break;
            case StreamMessage.Stopped:
                call.EndUnlessReplaced(outbox, new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
                break;
        }
        // A message that is no audio costs as much as 20 ms of it, so that neither comes in floods.
        return input.Hold(AudioFormat.FrameDuration);
    }

    private VoiceClose? TakeAudio(byte[] payload, StreamFormat format, VoiceInput input)
    {
        int count = format.IsMuLaw ? payload.Length : payload.Length / sizeof(short);
        if (count == 0 || (!format.IsMuLaw && payload.Length % sizeof(short) != 0))
            return new VoiceClose(VoiceCloseCode.BadMessage, "a payload that is no whole number of samples");
        if (input.Hold(TimeSpan.FromSeconds((double)count / format.SampleRate)) is { } tooMuch)
            return tooMuch;
        if (format.IsMuLaw)
            G711.MuLawDecode(payload, _samples);
        else
            for (int i = 0; i < count; i++)
                _samples[i] = BinaryPrimitives.ReadInt16LittleEndian(payload.AsSpan(2 * i));
        int step = format.SampleRate / 50;
        for (int from = 0; from < count; from += step)
        {
            int length = Math.Min(step, count - from);
            input.Put(_sequence++, _timestamp, startsSpurt: _timestamp == 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(_samples.AsSpan(from, length)));
            _timestamp += length;
        }
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "A media stream was closed with {Code}: {Reason}")]
        public static partial void Refused(ILogger logger, int code, string reason);
    }
}
