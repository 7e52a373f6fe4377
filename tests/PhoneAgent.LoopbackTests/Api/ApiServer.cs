using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Telephony;

namespace PhoneAgent.LoopbackTests.Api;

/// <summary>The server as it is, with its real line, media, pages, database and webhooks on 127.0.0.1; engines and dialogue are fakes.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    public const string Secret = "a secret of ours 0123456789";
    public const string Greeting = "Hello, here is the agent.";

    private readonly WebApplication _app;
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-api-").FullName;
    private readonly FakeRecognizer _recognizer = new();
    private readonly FakeSynthesizer _synthesizer = new();

    private ApiServer(string hook)
    {
        var options = new PhoneAgentOptions
        {
            Http = new HttpServerOptions { Listen = [new HttpListenOptions { Port = 0 }], StateFolder = _folder },
            Sip = new SipOptions { Listen = [new SipListenOptions { Port = 0 }] },
            Media = new MediaOptions { Ports = "0", Realtime = false },
            Agents = new AgentsOptions { Default = "desk" },
            Timeline = new TimelineOptions { Folder = Path.Combine(_folder, "calls") },
            Transfer = new HandoverOptions { Mode = TransferMode.Blind },
            Webhooks = [new WebhookOptions { Name = "crm", Url = hook, Secret = Secret }],
            Limits = new LimitOptions { DrainTimeout = TimeSpan.Zero },
        };
        var config = new LoadedConfig(options, null, _folder, []);
        var agents = new AgentDirectory([new TalkingAgent("desk", new CallSessionOptions(), _ => new FakeDialogue(Talk))], options.Agents);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services
            .AddLogging()
            .AddMedia(config)
            .AddSipLine(options.Sip)
            .AddCalls(config, agents)
            .AddLiveCalls()
            .AddWebhooks()
            // In place of the engines that would be looked for.
            .AddSingleton(new Lazy<EngineSet>(() => new EngineSet(new CallEngines(new FakeVoiceDetector(), _recognizer, _synthesizer), Model: null,
                new ProviderWatch(TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeProvider.System))))
            .AddSingleton(s => new Lazy<CallEngines>(() => s.GetRequiredService<Lazy<EngineSet>>().Value.Engines))
            .AddSingleton(new Lazy<AfterCallDesk>(() => new AfterCallDesk(null, config, TimeProvider.System, NullLogger<AfterCallDesk>.Instance)))
            .AddHostedService<CallService>();
        _app = builder.AddHttp(config).Build().UseHttp();
    }

    public HttpClient Client { get; private set; } = null!;

    public static async Task<ApiServer> StartAsync(string hook)
    {
        var server = new ApiServer(hook);
        await server._app.StartAsync();
        AccountDesk accounts = server._app.Services.GetRequiredService<AccountDesk>();
        await accounts.AddUserAsync("root", Role.Administrator, "a long password 1", default);
        NewKey key = await accounts.AddKeyAsync("crm", [ApiScope.CallsRead, ApiScope.CallsWrite], default);
        server.Client = new HttpClient
        {
            BaseAddress = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            DefaultRequestHeaders = { { ApiKeyHandler.Header, key.Secret! } },
        };
        return server;
    }

    /// <summary>A telephone beside it.</summary>
    public SipPhoneLine NewPhone() => SipLines.Create(SipLines.Loopback(new SipOptions { Transfer = new() { AcceptRefer = true } }, "bob"), _app.Services.GetRequiredService<ICallMediaFactory>(), new FakeCallGate(), TimeProvider.System, NullLoggerFactory.Instance);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _recognizer.DisposeAsync();
        await _synthesizer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) =>
        turn is DialogueTurn.CallStarted ? [new DialogueAction.Say(Greeting), new DialogueAction.Listen(new Expectation { FreeText = true })] : [];
}

/// <summary>Hears that something is said.</summary>
internal sealed class Ear : IAudioPeer
{
    private const short Loud = 1_000;

    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Heard => _heard.Task;

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        toSend.Clear();
        if (received.ContainsAnyInRange(Loud, short.MaxValue))
            _heard.TrySetResult();
        return false;
    }
}

/// <summary>Somebody who is told of calls.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<(IHeaderDictionary Headers, byte[] Body)> _requests = Channel.CreateUnbounded<(IHeaderDictionary, byte[])>();

    private Receiver(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    public static async Task<Receiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = new HeaderDictionary();
            foreach (var header in context.Request.Headers)
                headers[header.Key] = header.Value;
            receiver._requests.Writer.TryWrite((headers, body.ToArray()));
        });
        await app.StartAsync();
        receiver.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/calls";
        return receiver;
    }

    public async Task<(IHeaderDictionary Headers, byte[] Body)> NextAsync(CancellationToken cancellationToken) => await _requests.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
