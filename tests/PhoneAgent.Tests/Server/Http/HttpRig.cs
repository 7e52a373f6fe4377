using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Outbound;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Calls.Import;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Server.Hosting;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>The real HTTP server on a free port of 127.0.0.1, with calls that the test makes up.</summary>
internal sealed class HttpRig : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };

    private HttpRig(WebApplication app, string folder, VirtualTime time) => (_app, _folder, Time) = (app, folder, time);

    public VirtualTime Time { get; }
    public HttpClient Client { get; private set; } = null!;
    public CookieJar Cookies => new(_handler);
    public LiveCalls Calls => _app.Services.GetRequiredService<LiveCalls>();
    public ServerState State => _app.Services.GetRequiredService<ServerState>();
    public IServiceProvider Services => _app.Services;

    /// <summary>Where the records of calls lie.</summary>
    public string Records => Path.Combine(_folder, "calls");

    public ICallStore Store => _app.Services.GetRequiredService<ICallStore>();

    /// <summary>Takes what lies in <see cref="Records"/> into the database.</summary>
    public Task ImportAsync() => _app.Services.GetRequiredService<RecordImport>().RunOnceAsync(default);

    /// <summary>Whom the API calls.</summary>
    public FakePhoneLine Line => _app.Services.GetRequiredService<FakePhoneLine>();

    /// <summary>Where the configuration's paths begin.</summary>
    public string Folder => _folder;

    /// <param name="http">Where it listens and what it keeps is said by the rig.</param>
    /// <param name="with">Changes the other options.</param>
    /// <param name="also">Adds what is not always there.</param>
    public static async Task<HttpRig> StartAsync(HttpServerOptions? http = null, Func<PhoneAgentOptions, PhoneAgentOptions>? with = null, Action<IServiceCollection>? also = null)
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-http-").FullName;
        var options = new PhoneAgentOptions
        {
            Http = (http ?? new HttpServerOptions()) with { Listen = [new HttpListenOptions { Port = 0 }], StateFolder = folder },
            Agents = new AgentsOptions { Default = EchoAgent.BuiltInName },
        };
        options = with?.Invoke(options) ?? options;
        var config = new LoadedConfig(options, null, folder, []);
        var time = new VirtualTime();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        also?.Invoke(builder.Services);
        builder.Services
            .AddSingleton(config)
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(new AgentDirectory([new EchoAgent()], options.Agents))
            .AddLogging()
            .AddStorage()
            .AddLiveCalls()
            .AddCampaignStorage()
            .AddPlacedCalls(options);
        WebApplication app = builder.AddHttp(config).Build().UseHttp();
        await app.StartAsync();
        var rig = new HttpRig(app, folder, time);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        rig.Client = new HttpClient(rig._handler) { BaseAddress = new Uri(address), Timeout = HostRig.Patience };
        return rig;
    }

    /// <summary>Another browser, without cookies.</summary>
    public HttpClient NewClient() => new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Client.BaseAddress, Timeout = HostRig.Patience };

    /// <summary>Begins a call of which the test writes the timeline.</summary>
    public MadeUpCall Call(string id = "one", string caller = "+15551234567", string agent = "front-desk")
    {
        var call = new MadeUpCall(id, caller, agent, Time);
        Calls.OnStarted(call.Running);
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        State.Enter(ServerPhase.Stopped);
        await _app.StopAsync();
        await _app.DisposeAsync();
        Client.Dispose();
        _handler.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A call without a line.</summary>
internal sealed class MadeUpCall
{
    private readonly TaskCompletionSource<CallEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MadeUpCall(string id, string caller, string agent, TimeProvider time)
    {
        var info = new CallInfo { Id = id, Direction = CallDirection.Inbound, RemoteParty = caller, LocalParty = "100", StartedAt = time.GetUtcNow() };
        Running = new RunningCall(info, agent, new CallTimeline(), new CallTap(null), _end.Task);
        Add(new TimelineEvent.CallStarted(id, info.Direction, caller, "100", info.StartedAt) { At = default });
    }

    public RunningCall Running { get; }

    public void Add(params TimelineEvent[] events)
    {
        foreach (TimelineEvent happened in events)
            Running.Timeline.Append(happened);
    }

    public void End()
    {
        Running.Timeline.Complete();
        _end.TrySetResult(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
    }
}

/// <summary>The cookies of a client.</summary>
internal sealed class CookieJar(HttpClientHandler handler)
{
    public System.Net.CookieCollection All => handler.CookieContainer.GetAllCookies();
}

/// <summary>What the API needs to place calls, on a line that the test answers. There are no engines: the agent is the echo.</summary>
internal static class PlacedCallServices
{
    public static IServiceCollection AddPlacedCalls(this IServiceCollection services, PhoneAgentOptions options) => services
        .AddSingleton(s => new FakePhoneLine { Gate = s.GetRequiredService<OutboundGuard>() })
        .AddSingleton(s => new OutboundGuard(options.Outbound, options.Sip, () => new HashSet<string>(), s.GetRequiredService<TimeProvider>(), NullLogger<OutboundGuard>.Instance))
        .AddSingleton<IPhoneLine>(s => s.GetRequiredService<FakePhoneLine>())
        .AddSingleton(s => new CallRunner(Nothing<CallEngines>(), Nothing<AfterCallDesk>(), s.GetRequiredService<LoadedConfig>(), s.GetRequiredService<TimeProvider>(),
            NullLoggerFactory.Instance, CallFiles.Create, s.GetRequiredService<CallWriter>(), s.GetServices<ICallWatcher>()))
        .AddSingleton(s => new CallHost([s.GetRequiredService<IPhoneLine>()], s.GetRequiredService<CallRunner>(), s.GetRequiredService<AgentDirectory>(),
            new EngineWarmUp(Nothing<EngineSet>(), s.GetRequiredService<AgentDirectory>(), s.GetRequiredService<LoadedConfig>(), s.GetRequiredService<TimeProvider>(), NullLogger<EngineWarmUp>.Instance),
            s.GetServices<ICallWatcher>(), s.GetRequiredService<LoadedConfig>(), s.GetRequiredService<TimeProvider>(), NullLogger<CallHost>.Instance));

    private static Lazy<T> Nothing<T>() => new(() => throw new InvalidOperationException("There are no engines here."));
}
