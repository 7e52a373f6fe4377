using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The product as a user runs it: <c>phoneagent serve</c> in a process of its own, on free loopback ports.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly string _folder;
    private JsonProcess _process;

    private AgentProcess(string[] arguments, string folder, int port, int tlsPort)
    {
        (_arguments, _folder, Port, TlsPort) = (arguments, folder, port, tlsPort);
        _process = JsonProcess.Start(Root, "dotnet", arguments);
    }

    /// <summary>UDP and TCP.</summary>
    public int Port { get; }

    public int TlsPort { get; }

    public string Output => _process.Text;

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <param name="settings">Further settings, as <c>key=value</c> for --set.</param>
    public static async Task<AgentProcess> StartAsync(params string[] settings)
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-rig-").FullName;
        int port = FreePort(), tlsPort = FreePort();
        string build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // Debug or Release
        string program = Path.Combine(Root, "src", "PhoneAgent.Server", "bin", build, "net10.0", "phoneagent.dll");
        List<string> arguments =
        [
            program, "serve", "--config", Path.Combine(Root, "config", "phoneagent.yaml"),
            "--set", $"sip.listen=[udp://127.0.0.1:{port}, tcp://127.0.0.1:{port}, tls://127.0.0.1:{tlsPort}]",
            "--set", "http.listen=http://127.0.0.1:0", "--set", $"http.state_folder={folder}",
            "--set", $"timeline.folder={folder}", "--set", "recording.enabled=true",
        ];
        foreach (string setting in settings)
            arguments.AddRange(["--set", setting]);
        var agent = new AgentProcess([.. arguments], folder, port, tlsPort);
        await agent.AnswersOptionsAsync();
        return agent;
    }

    /// <summary>Kills it with -9, whatever it is doing, and starts it again where it was.</summary>
    public async Task CrashAndRestartAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = JsonProcess.Start(Root, "dotnet", _arguments);
        await AnswersOptionsAsync();
    }

    /// <summary>What it has written down.</summary>
    public CallDatabase Calls => new(Path.Combine(_folder, "phoneagent.db"));

    /// <summary>Follows the timeline of the n-th call from its beginning.</summary>
    public async Task<TimelineFollower> FollowAsync(int call = 0)
    {
        await Poll.UntilAsync("the call's timeline", 15, () => Calls.All().Count > call, () => Output);
        return new TimelineFollower(Calls, Calls.All()[call], () => Output);
    }

    /// <summary>Follows the timeline of the call to that user part from its beginning.</summary>
    public async Task<TimelineFollower> FollowAsync(string called)
    {
        await Poll.UntilAsync($"the timeline of the call to {called}", 15, () => Calls.To(called).Count > 0, () => Output);
        return new TimelineFollower(Calls, Calls.To(called)[0], () => Output);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Until the agent answers an OPTIONS request: it is up.</summary>
    private async Task AnswersOptionsAsync()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var agent = new IPEndPoint(IPAddress.Loopback, Port);
        int local = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        int sequence = 0;
        await Poll.UntilAsync("an answer to OPTIONS", 40, () =>
        {
            if (socket.Available > 0)
                return true;
            string request = FormattableString.Invariant(
                $"OPTIONS sip:agent@127.0.0.1:{Port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{local};rport;branch=z9hG4bKrig{++sequence}\r\nFrom: <sip:rig@127.0.0.1>;tag=1\r\nTo: <sip:agent@127.0.0.1>\r\nCall-ID: rig-{local}-{sequence}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
            try
            {
                socket.Send(System.Text.Encoding.ASCII.GetBytes(request), agent);
            }
            catch (SocketException)
            {
                // Nobody listens yet.
            }
            return false;
        }, () => Output, millisecondsBetween: 100);
    }

    private static int FreePort()
    {
        // Free for UDP and TCP at this moment; nothing else on the machine takes ports from this range quickly.
        while (true)
        {
            using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)udp.Client.LocalEndPoint!).Port;
            using var tcp = new TcpListener(IPAddress.Loopback, port);
            try
            {
                tcp.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken for TCP: try the next.
            }
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("PhoneAgent.sln is not above the test's folder.");
    }
}

/// <summary>Reads a timeline while it grows.</summary>
internal sealed class TimelineFollower(CallDatabase database, string call, Func<string> output)
{
    private int _read;

    public List<JsonElement> Events { get; } = [];

    public IEnumerable<JsonElement> Of(string name) => Events.Where(e => e.GetProperty("event").GetString() == name);

    /// <summary>The first event behind those returned before that fits; everything up to it counts as read.</summary>
    public async Task<JsonElement> WaitAsync(string what, Func<JsonElement, bool> fits, double seconds)
    {
        JsonElement found = default;
        await Poll.UntilAsync(what, seconds, () =>
        {
            Refresh();
            for (; _read < Events.Count; _read++)
            {
                if (!fits(Events[_read]))
                    continue;
                found = Events[_read++];
                return true;
            }
            return false;
        }, () => string.Join('\n', Events.TakeLast(25).Select(e => e.GetRawText())) + "\n" + output());
        return found;
    }

    public Task<JsonElement> WaitForStateAsync(string state, double seconds = 25) =>
        WaitAsync($"state {state}", e => e.GetProperty("event").GetString() == "turn-state" && e.GetProperty("to").GetString() == state, seconds);

    public Task<JsonElement> WaitForAsync(string name, double seconds = 25) =>
        WaitAsync($"event {name}", e => e.GetProperty("event").GetString() == name, seconds);

    private void Refresh() => Events.AddRange(database.EventsOf(call, Events.Count));
}

/// <summary>Looks again and again, for what gives no signal: a table that grows, a port that opens.</summary>
internal static class Poll
{
    public static async Task UntilAsync(string what, double seconds, Func<bool> condition, Func<string> context, int millisecondsBetween = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(millisecondsBetween));
        while (!condition())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"{what} did not come within {seconds} s.\n{context()}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
