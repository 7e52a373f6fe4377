using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Hosting;

/// <summary>A call host on a fake line, with files in memory and a clock that stands still.</summary>
internal sealed class HostRig : IAsyncDisposable, ICallWatcher
{
    private readonly Channel<RunningCall> _started = Channel.CreateUnbounded<RunningCall>();
    private readonly ConcurrentDictionary<string, FakeFile> _files = [];

    public HostRig(IEnumerable<Agent> agents, PhoneAgentOptions? options = null)
    {
        options ??= new PhoneAgentOptions();
        Config = new LoadedConfig(options, null, "/nowhere", []);
        Agents = new AgentDirectory(agents, options.Agents);
        var set = new Lazy<EngineSet>(() => new EngineSet(
            new CallEngines(new FakeVoiceDetector(), Recognizer, Synthesizer), Model: null, new ProviderWatch(TimeSpan.Zero, TimeSpan.FromSeconds(5), Time)));
        var engines = new Lazy<CallEngines>(() => set.Value.Engines);
        WarmUp = new EngineWarmUp(set, Agents, Config, Time, NullLogger<EngineWarmUp>.Instance);
        Desk = new Lazy<AfterCallDesk>(() => new AfterCallDesk(Model, Config, Time, NullLogger<AfterCallDesk>.Instance));
        // Real time and no waiting for more: what is written is there when the call is over.
        Writer = new CallWriter(Log, TimeProvider.System, NullLogger<CallWriter>.Instance, gather: TimeSpan.Zero);
        Runner = new CallRunner(engines, Desk, Config, Time, NullLoggerFactory.Instance, Create, Writer);
        Host = new CallHost([Line], Runner, Agents, WarmUp, [this], Config, Time, NullLogger<CallHost>.Instance);
        EnginesAreLoaded = () => set.IsValueCreated;
    }

    public FakePhoneLine Line { get; } = new();
    public VirtualTime Time { get; } = new();
    public FakeRecognizer Recognizer { get; } = new();
    public FakeSynthesizer Synthesizer { get; } = new();
    public Lazy<AfterCallDesk> Desk { get; }

    /// <summary>Writes down calls that are over; null for none.</summary>
    public IChatClient? Model { get; init; }

    public LoadedConfig Config { get; }
    public AgentDirectory Agents { get; }
    public CallRunner Runner { get; }

    /// <summary>What is written down of calls.</summary>
    public FakeCallLog Log { get; } = new();

    public CallWriter Writer { get; }
    public EngineWarmUp WarmUp { get; }
    public CallHost Host { get; }
    public Func<bool> EnginesAreLoaded { get; }

    /// <summary>Opens a file by its path, or throws as a disk would.</summary>
    public Func<string, FakeFile> OpenFile { get; init; } = _ => new FakeFile();

    public static FakeCall Call(string id, string called = "100") => new(new ScriptedAudio())
    {
        Info = new CallInfo { Id = id, Direction = CallDirection.Inbound, RemoteParty = "anonymous", LocalParty = called },
    };

    public FakeIncomingCall Ring(FakeCall call)
    {
        var incoming = new FakeIncomingCall(call.Info, call);
        Line.Ring(incoming);
        return incoming;
    }

    /// <summary>The next call that an agent takes.</summary>
    public async Task<RunningCall> StartedAsync() => await _started.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Only a guard against a test that hangs.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>What is in the file whose name ends so.</summary>
    public string Written(string ending) => _files.Single(f => f.Key.EndsWith(ending, StringComparison.Ordinal)).Value.Text;

    public void OnStarted(RunningCall call) => _started.Writer.TryWrite(call);

    private FakeFile Create(string path) => _files[path] = OpenFile(path);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Writer.DisposeAsync();
        await Recognizer.DisposeAsync();
        await Synthesizer.DisposeAsync();
    }
}

/// <summary>A file that keeps what was written, up to the size of its disk.</summary>
internal sealed class FakeFile(int capacity = int.MaxValue) : MemoryStream
{
    public string Text => System.Text.Encoding.UTF8.GetString(ToArray());

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position + buffer.Length > capacity)
            throw new IOException("No space left on device");
        return base.WriteAsync(buffer, cancellationToken);
    }
}

/// <summary>An agent whose calls are made by a function.</summary>
internal sealed record FakeAgent(string Name, Func<ICall, ICallSession> Create) : Agent(Name)
{
    public override ICallSession Open(ICall call, Lazy<CallEngines> engines, ICallRecorder? recorder, ILoggerFactory loggers) => Create(call);
}

/// <summary>A session with a bug.</summary>
internal sealed class BrokenSession : ICallSession
{
    public CallTimeline Timeline { get; } = new();

    public async Task<CallEnd> RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        throw new InvalidOperationException("a bug");
    }

    public void Dispose()
    {
    }
}
