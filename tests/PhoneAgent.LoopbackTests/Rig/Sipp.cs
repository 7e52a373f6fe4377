using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>One sipp process with a scenario of the rig. Its exit status says whether every call went as written.</summary>
internal sealed class Sipp : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _errors = Path.Combine(Path.GetTempPath(), $"sipp-{Guid.NewGuid():N}.err");
    private readonly string _scenario;

    private Sipp(string scenario, int port, string service, string? target, IEnumerable<string> arguments)
    {
        (_scenario, Port) = (scenario, port);
        List<string> all =
        [
            "-sf", $"{scenario}.xml", "-i", "127.0.0.1", "-p", Text(port), "-mi", "127.0.0.1", "-mp", Text(FreePort()), "-ci", "127.0.0.1",
            "-nostdin", "-timeout", "60s", "-timeout_error", "-trace_err", "-error_file", _errors, "-s", service, .. arguments,
        ];
        if (!all.Contains("-m"))
            all.AddRange(["-m", "1"]);
        if (target is not null)
            all.Add(target);
        var start = new ProcessStartInfo("sipp", all)
        {
            WorkingDirectory = SharedData.Require("rig/sipp"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Calls a port of ours.</summary>
    public static Sipp Call(string scenario, int to, params string[] arguments) => CallUser("agent", scenario, to, arguments);

    /// <summary>Calls a user part of its own, by which the call is found among others.</summary>
    public static Sipp CallUser(string user, string scenario, int to, params string[] arguments) =>
        new(scenario, FreePort(), user, $"127.0.0.1:{to}", arguments);

    /// <summary>Is called. Ready when it is bound.</summary>
    public static async Task<Sipp> ServeAsync(string scenario, params string[] arguments)
    {
        var sipp = new Sipp(scenario, FreePort(), "agent", null, arguments);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 500 && !IsBound(sipp.Port) && !sipp._process.HasExited; i++)
            await ticks.WaitForNextTickAsync();
        return sipp;
    }

    /// <summary>Waits for the end and demands that all went as the scenario says.</summary>
    public async Task SucceedAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode == 0)
            return;
        var errors = File.Exists(_errors) ? await File.ReadAllTextAsync(_errors, cancellationToken) : "";
        Assert.Fail($"{_scenario} ended with {_process.ExitCode}: {errors[..Math.Min(errors.Length, 3000)]}\n{Tail()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_errors);
    }

    public static int FreePort()
    {
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)udp.LocalEndPoint!).Port;
    }

    private static bool IsBound(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            if (line.Data is { } text)
                _output.AppendLine(text);
    }

    private string Tail()
    {
        lock (_output)
            return _output.ToString()[^Math.Min(_output.Length, 1500)..];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
