using System.Diagnostics;
using System.Text.Json;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A program that writes one JSON object per line; waits for the lines without polling.</summary>
internal sealed class JsonProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<JsonElement> _events = [];
    private readonly List<string> _text = [];
    private readonly Task _reading;
    private TaskCompletionSource _changed = NewSignal();

    private JsonProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Everything that was not JSON, for the message of a failing test.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _text.TakeLast(60));
        }
    }

    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    public static JsonProcess Start(string folder, string program, params string[] arguments) =>
        Start(folder, program, new Dictionary<string, string>(), arguments);

    public static JsonProcess Start(string folder, string program, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONUNBUFFERED"] = "1";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return new JsonProcess(Process.Start(start)!);
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The first event, from index <paramref name="from"/> on, that fits.</summary>
    public async Task<JsonElement> WaitAsync(string what, Func<JsonElement, bool> fits, double seconds, int from = 0)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                for (int i = from; i < _events.Count; i++)
                {
                    if (fits(_events[i]))
                        return _events[i];
                }
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                string seen = string.Join('\n', Events.TakeLast(30).Select(e => e.GetRawText()));
                throw new TimeoutException($"{what} did not come within {seconds} s. Last events:\n{seen}\n{Text}");
            }
        }
    }

    /// <summary>Waits for the end; the exit status.</summary>
    public async Task<int> EndAsync(double seconds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: the program cannot do anything about it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the program to stop (SIGTERM) and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            try
            {
                await EndAsync(15);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                if (line.StartsWith('{') && TryParse(line, out JsonElement element))
                    _events.Add(element);
                else
                    _text.Add(line);
                changed = _changed;
                _changed = NewSignal();
            }
            changed.TrySetResult();
        }
    }

    private static bool TryParse(string line, out JsonElement element)
    {
        try
        {
            element = JsonDocument.Parse(line).RootElement;
            return true;
        }
        catch (JsonException)
        {
            element = default;
            return false;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
