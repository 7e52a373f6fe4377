using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace PhoneAgent.BrowserTests;

/// <summary>The product as a user runs it: <c>phoneagent serve</c> in a process of its own, on free loopback ports.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task _reading;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process, string folder)
    {
        (_process, _folder) = (process, folder);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public Uri Address { get; private set; } = null!;

    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines.TakeLast(60));
        }
    }

    public static string Root { get; } = FindRoot();

    /// <param name="settings">Further settings, as <c>key=value</c> for --set.</param>
    public static async Task<ServerProcess> StartAsync(params string[] settings)
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-browser-").FullName;
        string build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // Debug or Release
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in new[]
        {
            Path.Combine(Root, "src", "PhoneAgent.Server", "bin", build, "net10.0", "phoneagent.dll"), "serve",
            "--config", Path.Combine(Root, "config", "phoneagent.yaml"),
        })
            start.ArgumentList.Add(argument);
        foreach (string setting in settings.Concat(
        [
            "sip.listen=udp://127.0.0.1:0", "http.listen=http://127.0.0.1:0", $"http.state_folder={folder}", $"timeline.folder={folder}", "limits.drain_timeout=0",
        ]))
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }
        var server = new ServerProcess(Process.Start(start)!, folder);
        try
        {
            server.Address = await server._address.Task.WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"The server did not start: {server.Output}", e);
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_lines)
                _lines.Add(line);
            if (Announcement().Match(line) is { Success: true } found)
                _address.TrySetResult(new Uri(found.Groups[1].Value));
        }
        _address.TrySetException(new InvalidOperationException($"The server ended: {Output}"));
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No PhoneAgent.sln above the tests.");
    }

    [GeneratedRegex("^See (http://.*)$")]
    private static partial Regex Announcement();
}
