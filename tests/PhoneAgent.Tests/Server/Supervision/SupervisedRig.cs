using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Server.Hosting;
using PhoneAgent.Tests.Server.Http;

namespace PhoneAgent.Tests.Server.Supervision;

/// <summary>The real server with one call of a real session, whose frames the test moves on.</summary>
internal sealed class SupervisedRig : IAsyncDisposable
{
    public const string CallId = "test-call";

    private readonly CancellationTokenSource _patience = new(HostRig.Patience);
    private readonly Task<CallEnd> _run;

    private SupervisedRig(HttpRig http)
    {
        Http = http;
        http.AddUser("root", Role.Administrator);
        Script = new ScriptedCall(Talk);
        _run = Script.Session.RunAsync(CancellationToken.None);
        Tap = new CallTap(null);
        http.Calls.OnStarted(new RunningCall(Script.Call.Info, "front-desk", Script.Session.Timeline, Tap, _run) { Supervision = Script.Session.Supervision });
    }

    public HttpRig Http { get; }
    public ScriptedCall Script { get; }
    public CallTap Tap { get; }

    public static async Task<SupervisedRig> StartAsync() => new(await HttpRig.StartAsync());

    public string Key(params ApiScope[] scopes) => Http.Accounts().AddKey("crm", scopes).Secret!;

    /// <summary>One frame of media time, when the session has nothing else to do.</summary>
    public async Task TickAsync(int frames = 1)
    {
        for (int i = 0; i < frames; i++)
        {
            await Script.Session.WhenIdleAsync(_patience.Token);
            Script.Audio.Tick();
        }
        await Script.Session.WhenIdleAsync(_patience.Token);
    }

    public async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            if (_patience.IsCancellationRequested)
                throw new TimeoutException(string.Join("\n", Script.Events));
            await Task.Yield();
        }
    }

    public Task<HttpResponseMessage> PostAsync(string action, object? body = null, string? key = null, string call = CallId)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/live/{call}/{action}") { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add(ApiKeyHandler.Header, key);
        return Http.Client.SendAsync(request, _patience.Token);
    }

    public async Task<ClientWebSocket> ListenAsync(string? key, string call = CallId, string? origin = null)
    {
        var socket = new ClientWebSocket();
        if (key is not null)
            socket.Options.SetRequestHeader(ApiKeyHandler.Header, key);
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        await socket.ConnectAsync(new UriBuilder(Http.Client.BaseAddress!) { Scheme = "ws", Path = $"/ws/listen/{call}" }.Uri, _patience.Token);
        return socket;
    }

    public async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[4096];
        WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, _patience.Token);
        return (part.MessageType, buffer[..part.Count]);
    }

    public async Task<JsonNode> ReceiveJsonAsync(ClientWebSocket socket) => JsonNode.Parse((await ReceiveAsync(socket)).Bytes)!;

    public Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _patience.Token);

    public Task SendAsync(ClientWebSocket socket, byte[] bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, true, _patience.Token);

    public async ValueTask DisposeAsync()
    {
        Script.Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        await _run;
        Script.Session.Dispose();
        await Http.DisposeAsync();
        _patience.Dispose();
    }

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Listen(new Expectation { FreeText = true })],
        DialogueTurn.HandedBack => [new DialogueAction.Say("I am back."), new DialogueAction.Listen(new Expectation { FreeText = true })],
        _ => [],
    };
}
