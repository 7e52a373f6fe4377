using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Samples.Talk;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.LoopbackTests.BrowserVoice;

/// <summary>The real HTTP server on a free port, the real media clock, real sessions; engines and dialogue are fakes.</summary>
internal sealed class TalkRig : IAsyncDisposable, ICallWatcher
{
    /// <summary>Only a guard against a test that hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private FakeDialogue? _dialogue;
    private readonly MediaClock _clock = new(NullLogger.Instance, realTime: false);
    private readonly Channel<RunningCall> _started = Channel.CreateUnbounded<RunningCall>();
    private readonly ConcurrentBag<TalkClient> _clients = [];

    private TalkRig(Func<DialogueTurn, IEnumerable<DialogueAction>> respond, BrowserVoiceOptions? options, Func<DialogueTurn, CancellationToken, IAsyncEnumerable<DialogueAction>>? stream)
    {
        var all = new PhoneAgentOptions
        {
            Http = new HttpServerOptions { Listen = [new HttpListenOptions { Port = 0 }], StateFolder = Folder },
            Agents = new AgentsOptions { Default = "fake" },
            Timeline = new TimelineOptions { Enabled = false },
            Talk = options ?? new BrowserVoiceOptions(),
            Limits = new LimitOptions { DrainTimeout = TimeSpan.Zero },
        };
        var config = new LoadedConfig(all, null, Folder, []);
        var agent = new TalkingAgent("fake", new CallSessionOptions(), _ => _dialogue = new FakeDialogue(respond) { Stream = stream });
        var agents = new AgentDirectory([agent], all.Agents);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services
            .AddSingleton(config)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(agents)
            .AddSingleton(_clock)
            .AddLogging()
            .AddStorage()
            .AddSingleton(WakeWords.None("a test"))
            .AddBrowserVoice(all.Talk)
            .AddSingleton<ICallWatcher>(this)
            .AddLiveCalls()
            .AddSingleton(new Lazy<EngineSet>(() => new EngineSet(new CallEngines(VoiceDetector, Recognizer, Synthesizer), Model: null,
                new ProviderWatch(TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeProvider.System))))
            .AddSingleton(s => new Lazy<CallEngines>(() => s.GetRequiredService<Lazy<EngineSet>>().Value.Engines))
            .AddSingleton<Func<string, Stream>>(_ => new MemoryStream())
            .AddSingleton(new Lazy<AfterCallDesk>(() => new AfterCallDesk(null, config, TimeProvider.System, NullLogger<AfterCallDesk>.Instance)))
            .AddSingleton<CallRunner>()
            .AddSingleton<EngineWarmUp>()
            .AddSingleton<CallHost>()
            .AddHostedService<CallService>();
        _app = builder.AddHttp(config).Build().UseHttp();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("phoneagent-talk-").FullName;
    public FakeVoiceDetector VoiceDetector { get; } = new();
    public FakeRecognizer Recognizer { get; } = new();
    public FakeSynthesizer Synthesizer { get; } = new();
    public BrowserLine Line => _app.Services.GetRequiredService<BrowserLine>();
    public SocketDoor Door => _app.Services.GetRequiredService<SocketDoor>();
    public OneTimeTokens<TalkGrant> Tokens => _app.Services.GetRequiredService<OneTimeTokens<TalkGrant>>();
    public PhoneAgent.Server.Http.Security.AccountDesk Accounts => _app.Services.GetRequiredService<PhoneAgent.Server.Http.Security.AccountDesk>();
    public Uri Address { get; private set; } = null!;

    /// <summary>Replies that are being made in the last call.</summary>
    public int Thinking => _dialogue?.Waiting ?? 0;

    /// <summary>Calls on the media clock.</summary>
    public int OnTheClock => _clock.Count;

    public static async Task<TalkRig> StartAsync(
        Func<DialogueTurn, IEnumerable<DialogueAction>> respond, BrowserVoiceOptions? options = null,
        Func<DialogueTurn, CancellationToken, IAsyncEnumerable<DialogueAction>>? stream = null)
    {
        var rig = new TalkRig(respond, options, stream);
        await rig._app.StartAsync();
        rig.Address = new Uri(rig._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return rig;
    }

    /// <summary>Calls; the first event is what the server answered.</summary>
    public async Task<TalkClient> CallAsync(params string[] capabilities) =>
        await ConnectAsync(new Dictionary<string, object> { ["token"] = Tokens.Issue(new TalkGrant("browser")), ["capabilities"] = capabilities });

    public async Task<TalkClient> ConnectAsync(Dictionary<string, object> hello)
    {
        var client = new TalkClient();
        _clients.Add(client);
        await client.ConnectAsync(Address, hello, CancellationToken.None);
        return client;
    }

    /// <summary>The next call that an agent took.</summary>
    public async Task<RunningCall> StartedAsync() => await _started.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public void OnStarted(RunningCall call) => _started.Writer.TryWrite(call);

    /// <summary>Waits for something that happens beside the test.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!holds())
        {
            try
            {
                await tick.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"still not: {what}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TalkClient client in _clients)
            await client.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _clock.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
