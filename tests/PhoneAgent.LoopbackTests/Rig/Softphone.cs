using System.Text.Json;
using PhoneAgent.Testing;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A real softphone (baresip, driven by the rig's softphone.py).</summary>
internal sealed class Softphone : IAsyncDisposable
{
    private readonly JsonProcess _process;

    private Softphone(JsonProcess process) => _process = process;

    public IReadOnlyList<JsonElement> Events => _process.Events;

    public static Softphone Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    public static Softphone Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(JsonProcess.Start(SharedData.Require("rig"), "python3", environment, ["softphone.py", .. arguments]));

    public Task<JsonElement> WaitAsync(string name, double seconds = 20) => _process.WaitAsync($"softphone event '{name}'", e => Is(e, name), seconds);

    public bool Saw(string name) => Events.Any(e => Is(e, name));

    /// <summary>play FILE, dtmf DIGITS, hold, resume, hangup, quit.</summary>
    public Task DoAsync(string command) => _process.WriteLineAsync(command);

    /// <summary>Waits until the program is done; the summary event.</summary>
    public async Task<JsonElement> EndAsync(double seconds = 30)
    {
        await _process.EndAsync(seconds);
        return Events.Last(e => Is(e, "summary"));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static bool Is(JsonElement element, string name) => element.TryGetProperty("ev", out JsonElement ev) && ev.GetString() == name;
}
