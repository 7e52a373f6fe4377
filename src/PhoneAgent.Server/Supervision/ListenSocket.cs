using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Supervision;

/// <summary>
/// One supervisor's socket to a call. To him: <c>hello</c>, then binary messages, each a frame number (32 bit) and 20 ms of 16 kHz
/// PCM16, caller and agent in turn (both little-endian). From him: PCM16 of his microphone, heard while he has the call, and JSON
/// <c>{"type":"take-over"}</c>, <c>{"type":"hand-back","note":"…"}</c>, each answered by <c>result</c>. When the socket
/// goes, so does the floor: the agent has the call again.
/// </summary>
/// <param name="isStillAllowed">Asked now and then: whoever may not listen any more does not listen on.</param>
internal sealed class ListenSocket(WebSocket socket, LiveCall call, string user, Func<bool> isStillAllowed, TimeProvider time) : IDisposable
{
    private const int MaxMessage = 16 << 10;
    private const int HeaderBytes = sizeof(uint);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    private readonly SemaphoreSlim _sending = new(1);
    private readonly MicrophoneBudget _budget = new(time);
    private bool _hasFloor;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var listener = new CallListener();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using IDisposable tap = call.Tap.Listen(listener);
        _ = call.Completion.ContinueWith(_ => listener.End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        call.Supervision?.NoteListening(user, begins: true);
        try
        {
            Task<Close> watching = GuardAsync(WatchAsync(end.Token)), sending = GuardAsync(SendAsync(listener, end.Token)), receiving = GuardAsync(ReceiveAsync(end.Token));
            Close reason = await (await Task.WhenAny(sending, receiving, watching).ConfigureAwait(false)).ConfigureAwait(false);
            // Cancelling a read aborts the socket, so that he would not learn why: first his answer, for a while.
            await CloseAsync(reason).ConfigureAwait(false);
            await ((Task)receiving).WaitAsync(CloseLimit, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(sending, receiving, watching).ConfigureAwait(false);
        }
        finally
        {
            if (_hasFloor && call.Supervision is { } supervision)
                await supervision.ActAsync(new SupervisorAction.HandBack(), user).ConfigureAwait(false);
            call.Supervision?.NoteListening(user, begins: false);
        }
    }

    public void Dispose() => _sending.Dispose();

    private sealed record Close(WebSocketCloseStatus Status, string Why)
    {
        public static readonly Close Normal = new(WebSocketCloseStatus.NormalClosure, "The call is over.");
        public static readonly Close Bye = new(WebSocketCloseStatus.NormalClosure, "Goodbye.");
        public static readonly Close Gone = new(WebSocketCloseStatus.EndpointUnavailable, "The connection is gone.");
        public static readonly Close TooBig = new(WebSocketCloseStatus.MessageTooBig, $"A message has at most {MaxMessage} bytes.");
        public static readonly Close TooFast = new(WebSocketCloseStatus.PolicyViolation, "The microphone sends faster than anybody speaks.");
        public static readonly Close NotAllowed = new(WebSocketCloseStatus.PolicyViolation, "You may not listen any more.");
        public static readonly Close NotUnderstood = new(WebSocketCloseStatus.InvalidPayloadData, "The message is not understood.");
    }

    private static async Task<Close> GuardAsync(Task<Close> work)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            return Close.Gone;
        }
    }

    private async Task<Close> SendAsync(CallListener listener, CancellationToken cancellationToken)
    {
        await SendJsonAsync(new { type = "hello", rate = AudioFormat.SampleRate, channels = 2, frame = AudioFormat.FrameSamples, user, canSpeak = call.Supervision is not null }, cancellationToken).ConfigureAwait(false);
        byte[] message = new byte[HeaderBytes + 2 * sizeof(short) * AudioFormat.FrameSamples];
        short[] caller = new short[AudioFormat.FrameSamples], agent = new short[AudioFormat.FrameSamples];
        while (await listener.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            while (listener.TryRead(out long number, caller, agent))
            {
                Write(message, number, caller, agent);
                await SendAsync(message, WebSocketMessageType.Binary, cancellationToken).ConfigureAwait(false);
            }
        }
        return Close.Normal;
    }

    private async Task<Close> WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(AskEvery, time);
        while (isStillAllowed())
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        return Close.NotAllowed;
    }

    private static void Write(Span<byte> message, long number, ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)number);
        Span<byte> samples = message[HeaderBytes..];
        for (int i = 0; i < caller.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(samples[(4 * i)..], caller[i]);
            BinaryPrimitives.WriteInt16LittleEndian(samples[(4 * i + 2)..], agent[i]);
        }
    }

    private async Task<Close> ReceiveAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxMessage];
        while (true)
        {
            int count = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (count == buffer.Length)
                    return Close.TooBig;
                part = await socket.ReceiveAsync(buffer.AsMemory(count), cancellationToken).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    return Close.Bye;
                count += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Binary)
            {
                if (!_budget.Take(count))
                    return Close.TooFast;
                Speak(buffer.AsSpan(0, count));
            }
            else if (await ControlAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false) is { } wrong)
            {
                return wrong;
            }
        }
    }

    // What comes before or after he has the call is for nobody.
    private void Speak(ReadOnlySpan<byte> bytes)
    {
        if (_hasFloor && call.Supervision?.Floor is { } floor && floor.User == user)
            floor.Microphone.Write(MemoryMarshal.Cast<byte, short>(bytes));
    }

    private async Task<Close?> ControlAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        Control? control;
        try
        {
            control = JsonSerializer.Deserialize<Control>(text.Span, Json);
        }
        catch (JsonException)
        {
            return Close.NotUnderstood;
        }
        SupervisorAction? action = control?.Type switch
        {
            "take-over" => new SupervisorAction.TakeOver(),
            "hand-back" => new SupervisorAction.HandBack(control.Note),
            _ => null,
        };
        if (action is null)
            return Close.NotUnderstood;
        SupervisorResult result = call.Supervision is { } supervision
            ? await supervision.ActAsync(action, user).ConfigureAwait(false)
            : new SupervisorResult(false, "This agent cannot be supervised.");
        if (result.IsDone)
            _hasFloor = action is SupervisorAction.TakeOver;
        await SendJsonAsync(new { type = "result", of = control!.Type, done = result.IsDone, reason = result.Reason }, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private Task SendJsonAsync<T>(T message, CancellationToken cancellationToken) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, Json), WebSocketMessageType.Text, cancellationToken);

    private async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        // Somebody who takes nothing for so long is not there any more.
        using var limit = new CancellationTokenSource(SendLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await _sending.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(message, type, endOfMessage: true, either.Token).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task CloseAsync(Close reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var limit = new CancellationTokenSource(SendLimit, time);
        try
        {
            await _sending.WaitAsync(limit.Token).ConfigureAwait(false);
            await socket.CloseOutputAsync(reason.Status, reason.Why, limit.Token).ConfigureAwait(false);
            _sending.Release();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // He has gone without a word.
        }
    }

    private sealed record Control(string? Type, string? Note);
}
