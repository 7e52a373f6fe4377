using System.Diagnostics;
using System.Globalization;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing.Contracts.Campaigns;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

/// <summary>Real processes that end in the middle, without a last word (SIGKILL).</summary>
public sealed class KilledNodeTests
{
    private const int Contacts = 120, Rounds = 10, NodesAtOnce = 2;
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(10);
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task TwentyKillsCallNobodyTwiceAndLoseNobody()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync();
        var store = new CampaignStore(test.Database, TimeProvider.System);
        await store.CreateAsync(new Campaign { Id = "spring", Agent = "front-desk", Definition = "", CreatedAt = Start }, default);
        await store.ImportAsync("spring", Enumerable.Range(0, Contacts).Select(index => CampaignStoreWorld.New(index)), Start, default);
        await store.SetStateAsync("spring", [CampaignState.Draft], CampaignState.Running, default);

        var random = new Random(20);
        List<string> line = [];
        for (int round = 0; round < Rounds; round++)
        {
            // Hours apart: leases of the dead have expired, whatever a round did is due again.
            DateTimeOffset now = Start.AddHours(round);
            IEnumerable<Task<List<string>>> nodes = Enumerable.Range(0, NodesAtOnce).Select(node => KillAsync(test.Database.Place, $"n{round}-{node}", now, random.Next(1, 14)));
            foreach (List<string> said in await Task.WhenAll([.. nodes]))
                line.AddRange(said);
        }
        for (int round = Rounds; round < Rounds + 4; round++)
            line.AddRange(await KillAsync(test.Database.Place, $"n{round}", Start.AddHours(round), afterLines: int.MaxValue));

        await CheckAsync(store, line);
    }

    private static async Task CheckAsync(CampaignStore store, List<string> line)
    {
        List<(long Attempt, string Number, long Second)> dialled = [.. Said(line, "dial").Select(words => (long.Parse(words[1], CultureInfo.InvariantCulture), words[2], long.Parse(words[3], CultureInfo.InvariantCulture)))];
        Assert.Equal(dialled.Count, dialled.Select(call => call.Attempt).Distinct().Count());
        foreach (IGrouping<string, long> calls in dialled.GroupBy(call => call.Number, call => call.Second))
        {
            long[] times = [.. calls.Order()];
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= Spacing.TotalSeconds, $"{calls.Key} was called twice within {pair.Second - pair.First} s"));
        }

        List<Attempt> attempts = [];
        await foreach (Attempt attempt in store.AttemptsAsync("spring", default))
            attempts.Add(attempt);
        Assert.Empty(dialled.Select(call => call.Attempt).Except(attempts.Select(attempt => attempt.Id)));
        Dictionary<long, AttemptOutcome?> outcomes = attempts.ToDictionary(attempt => attempt.Id, attempt => attempt.Outcome);
        Assert.All(Said(line, "done"), words => Assert.Equal(words[2], outcomes[long.Parse(words[1], CultureInfo.InvariantCulture)].ToString()));

        CampaignStatus status = (await store.GetAsync("spring", default))!;
        Assert.Equal((Contacts, 0, 0, Contacts), (status.Contacts, status.Waiting, status.Leased, status.Finished));
        Assert.Equal(
            attempts.GroupBy(attempt => attempt.Outcome!.Value).Select(group => (group.Key, group.Count())).Order(),
            status.Outcomes.Select(pair => (pair.Key, pair.Value)).Order());
        await foreach (Contact contact in store.ContactsAsync("spring", default))
            Assert.Equal(attempts.Count(attempt => attempt.ContactId == contact.Id), contact.Attempts);
        Assert.True(status.Outcomes.GetValueOrDefault(AttemptOutcome.Lost) > 0, "no kill has hit an attempt");
    }

    /// <summary>Starts a node and kills it when it has said so many lines. All that came out of it; what was in the pipe stays readable.</summary>
    private static async Task<List<string>> KillAsync(string file, string node, DateTimeOffset now, int afterLines)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "PhoneAgent.StoreNode.dll"), file, "spring", node, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_TieredPGO"] = "0"; // it lives for a second
        using Process process = Process.Start(start)!;
        List<string> lines = [];
        while (await process.StandardOutput.ReadLineAsync() is { } said)
        {
            lines.Add(said);
            if (lines.Count == afterLines)
                process.Kill();
        }
        await process.WaitForExitAsync();
        Assert.True(lines.Count >= afterLines || process.ExitCode == 0, $"the node {node} failed with {process.ExitCode}");
        return lines;
    }

    private static IEnumerable<string[]> Said(List<string> line, string word) => line.Select(text => text.Split(' ')).Where(words => words[0] == word);
}
