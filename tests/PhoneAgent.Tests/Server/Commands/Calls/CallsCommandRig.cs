using System.CommandLine;
using PhoneAgent.Server.Commands;
using PhoneAgent.Server.Commands.Calls;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Commands.Calls;

/// <summary>Types commands on a database of three calls.</summary>
internal sealed class CallsCommandRig : IAsyncDisposable
{
    private readonly string _config;

    private CallsCommandRig(StoredCalls calls, string config) => (Calls, _config) = (calls, config);

    public StoredCalls Calls { get; }

    /// <summary>To the question; null: there is nobody.</summary>
    public string? Answer { get; set; }

    public static async Task<CallsCommandRig> StartAsync()
    {
        var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        string config = Path.Combine(calls.Folder, "phoneagent.yaml");
        await File.WriteAllTextAsync(config, $"storage:\n  file: {calls.Database.Place}\ntimeline:\n  folder: {calls.Folder}\n");
        await calls.AddAsync("one", "+15551234567", "my number is 1 555 123 4567", recorded: true);
        await calls.AddAsync("two", "anonymous", "I want my money back", "2026-05-05");
        await calls.AddAsync("three", "+4930123456", "hello", "2026-05-06");
        return new CallsCommandRig(calls, config);
    }

    public Task<(int Exit, string Shown, string Said)> TypeAsync(params string[] words) => TypeAsync(_config, Answer, words);

    public static async Task<(int Exit, string Shown, string Said)> TypeAsync(string config, string? answer, string[] words)
    {
        var common = new CommonOptions();
        var time = new VirtualTime();
        time.Advance(new DateTimeOffset(2026, 5, 7, 9, 0, 0, TimeSpan.Zero) - time.GetUtcNow());
        var root = new RootCommand { CallsCommand.Create(common, time, () => answer) };
        common.AddTo(root);
        using StringWriter shown = new(), said = new();
        int exit = await root.Parse([.. words, "--config", config]).InvokeAsync(new InvocationConfiguration { Output = shown, Error = said });
        return (exit, shown.ToString(), said.ToString());
    }

    public ValueTask DisposeAsync() => Calls.DisposeAsync();
}
