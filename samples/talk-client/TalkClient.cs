using System.Buffers.Binary;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace PhoneAgent.Samples.Talk;

/// <summary>
/// A client of PhoneAgent's voice protocol (src/PhoneAgent.Server/BrowserVoice/PROTOCOL.md), version 1: 16 kHz, 20 ms frames.
/// Sending is for one thread at a time.
/// </summary>
public sealed class TalkClient : IAsyncDisposable
{
    /// <summary>Samples per second, both ways.</summary>
    public const int SampleRate = 16_000;
    /// <summary>20 ms.</summary>
    public const int FrameSamples = SampleRate / 50;

    private const int HeaderBytes = 16;
    private const int MaxMessageBytes = 16 * 1024;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<TalkEvent> _events = Channel.CreateBounded<TalkEvent>(4096);
    private readonly byte[] _frame = new byte[HeaderBytes + (FrameSamples * sizeof(short))];
    private Task _receiving = Task.CompletedTask;
    private uint _sequence;
    private uint _timestamp;
    private bool _silent = true;

    /// <summary>What the server says, audio and messages in their order. Completes when the socket is closed.</summary>
    public ChannelReader<TalkEvent> Events => _events.Reader;

    /// <summary>How the server closed; null when the connection just broke.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>A token for one call.</summary>
    /// <param name="http">With the server's address as its base, and logged in where the server asks for that.</param>
    public static async Task<string> GetTokenAsync(HttpClient http, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(http);
        using HttpResponseMessage response = await http.PostAsync(new Uri("talk/token", UriKind.Relative), null, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken).ConfigureAwait(false)).GetProperty("token").GetString()!;
    }

    /// <summary>Connects and says hello; the first event is then "ready", or none comes and <see cref="CloseCode"/> says why.</summary>
    /// <param name="server">The server's http address.</param>
    /// <param name="hello">Members of the hello besides type and versions: token or resume, capabilities, to.</param>
    public async Task ConnectAsync(Uri server, IReadOnlyDictionary<string, object> hello, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        var address = new UriBuilder(new Uri(server, "talk/socket")) { Scheme = server.Scheme == "https" ? "wss" : "ws" };
        await _socket.ConnectAsync(address.Uri, cancellationToken).ConfigureAwait(false);
        _receiving = ReceiveAsync();
        var message = new Dictionary<string, object>(hello) { ["type"] = "hello", ["versions"] = new[] { 1 }, ["rate"] = SampleRate };
        await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a control message.</summary>
    public Task SendAsync(object message, CancellationToken cancellationToken) =>
        _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, Json), WebSocketMessageType.Text, true, cancellationToken);

    /// <summary>Sends bytes as they are, for tests of servers.</summary>
    public Task SendRawAsync(ReadOnlyMemory<byte> bytes, bool isText, CancellationToken cancellationToken) =>
        _socket.SendAsync(bytes, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, cancellationToken).AsTask();

    /// <summary>Sends 20 ms of 16 kHz. Call it once every 20 ms: a server takes no more than real time.</summary>
    public async Task SendAudioAsync(ReadOnlyMemory<short> samples, CancellationToken cancellationToken)
    {
        WriteFrame(samples.Span);
        await _socket.SendAsync(_frame.AsMemory(), WebSocketMessageType.Binary, true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets 20 ms pass without sending: muted, or silent.</summary>
    public void SkipAudio()
    {
        _timestamp += FrameSamples;
        _silent = true;
    }

    /// <summary>Hangs up.</summary>
    public Task HangUpAsync(CancellationToken cancellationToken) => SendAsync(new { type = "bye" }, cancellationToken);

    /// <summary>Breaks the connection without a goodbye, as a lost network does.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            _socket.Abort();
        _events.Writer.TryComplete();
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
    }

    private void WriteFrame(ReadOnlySpan<short> samples)
    {
        if (samples.Length != FrameSamples)
            throw new ArgumentException($"A frame has {FrameSamples} samples.", nameof(samples));
        _frame.AsSpan(0, 4).Clear();
        _frame[0] = 1;
        _frame[1] = _silent ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(_frame.AsSpan(4), _sequence++);
        BinaryPrimitives.WriteUInt32LittleEndian(_frame.AsSpan(8), SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(_frame.AsSpan(12), _timestamp);
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(_frame.AsSpan(HeaderBytes + (2 * i)), samples[i]);
        _timestamp += FrameSamples;
        _silent = false;
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[MaxMessageBytes];
        try
        {
            for (int length = 0; ;)
            {
                ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                    break;
                length += result.Count;
                if (!result.EndOfMessage)
                    continue;
                await _events.Writer.WriteAsync(Read(buffer.AsSpan(0, length), result.MessageType)).ConfigureAwait(false);
                length = 0;
            }
            if (_socket.State == WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // The connection broke; whoever reads the events sees their end.
        }
        _events.Writer.TryComplete();
    }

    private static TalkEvent Read(ReadOnlySpan<byte> bytes, WebSocketMessageType type)
    {
        if (type == WebSocketMessageType.Text)
        {
            JsonElement message = JsonDocument.Parse(bytes.ToArray()).RootElement;
            return new TalkEvent(message.GetProperty("type").GetString()!, message, null, 0, false);
        }
        short[] samples = new short[(bytes.Length - HeaderBytes) / sizeof(short)];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(HeaderBytes + (2 * i))..]);
        return new TalkEvent("audio", null, samples, BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]), (bytes[1] & 1) != 0);
    }
}

/// <summary>Something the server sent.</summary>
/// <param name="Type">The message's type, or "audio".</param>
/// <param name="Message">The whole message; null for audio.</param>
/// <param name="Samples">16 kHz; null for messages.</param>
/// <param name="Timestamp">Of the audio's first sample, in samples of the call.</param>
/// <param name="StartsSpurt">Silence was before it.</param>
public sealed record TalkEvent(string Type, JsonElement? Message, short[]? Samples, uint Timestamp, bool StartsSpurt)
{
    /// <summary>A text of the message.</summary>
    public string? Text(string member) => Message is { } message && message.TryGetProperty(member, out JsonElement value) ? value.ToString() : null;
}
