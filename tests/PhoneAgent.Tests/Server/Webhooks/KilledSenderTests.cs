using System.Diagnostics;
using System.Globalization;
using System.Text;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.Handover;
using Xunit;

namespace PhoneAgent.Tests.Server.Webhooks;

/// <summary>Real processes that end while they write and send, without a last word (SIGKILL).</summary>
public sealed class KilledSenderTests
{
    private const int Rounds = 5, EventsOfARound = 40;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_was_written_arrives_however_often_its_server_is_killed()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync();
        await using HookServer server = await HookServer.StartAsync();
        var random = new Random(9);
        List<string> kept = [];
        for (int round = 0; round < Rounds; round++)
            kept.AddRange(await KillAsync(test.Database.Place, server.Url, round, EventsOfARound, random.Next(2, EventsOfARound - 5)));
        // The next starts deliver what is left; nothing new comes. The second has what a busy machine put off.
        for (int round = Rounds; round < Rounds + 2; round++)
            await KillAsync(test.Database.Place, server.Url, round, 0, int.MaxValue);

        var missing = kept.ToHashSet();
        List<string> arrived = [];
        while (missing.Count > 0)
        {
            HookRequest request = await server.NextAsync();
            string id = Encoding.UTF8.GetString(request.Body);
            Assert.Equal(id, WebhookRig.IdOf(request));
            arrived.Add(id);
            missing.Remove(id);
        }
        // Of each call in the order of writing; what came again came after its first time.
        foreach (IGrouping<string, int> call in arrived.Distinct().Select(id => id.Split('-')).GroupBy(id => $"{id[0]} {int.Parse(id[1], CultureInfo.InvariantCulture) % 3}", id => int.Parse(id[1], CultureInfo.InvariantCulture)))
            Assert.Equal(call.Order(), call);
    }

    /// <summary>Starts a server and kills it when it has written so many events. Those that it said it has written.</summary>
    private static async Task<List<string>> KillAsync(string file, string url, int round, int count, int afterLines)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        // Hours apart: what the dead one had taken is due again.
        string now = Start.AddHours(round).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "PhoneAgent.StoreNode.dll"), "outbox", file, url, now, $"{round}", $"{count}"])
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0"; // it lives for a second
        using Process process = Process.Start(start)!;
        List<string> kept = [];
        while (await process.StandardOutput.ReadLineAsync() is { } said)
        {
            kept.Add(said["kept ".Length..]);
            if (kept.Count == afterLines)
                process.Kill();
        }
        await process.WaitForExitAsync();
        Assert.True(kept.Count >= afterLines || process.ExitCode == 0, $"round {round} failed with {process.ExitCode}");
        return kept;
    }
}
