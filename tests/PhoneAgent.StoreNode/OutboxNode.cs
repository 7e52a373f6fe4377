using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Webhooks;

namespace PhoneAgent.StoreNode;

/// <summary>
/// Usage: outbox FILE URL SECONDS ROUND COUNT. Keeps COUNT events for one receiver in an SQLite file, says "kept ID" for each that is on the
/// disk, and delivers what is due beside it. SECONDS since 1970 is its clock, which stands.
/// </summary>
internal static class OutboxNode
{
    private const string Hook = "crm";
    private const int Calls = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        var time = new StandingTime(DateTimeOffset.FromUnixTimeSeconds(long.Parse(args[3], CultureInfo.InvariantCulture)));
        await using var database = new SqliteDatabase(args[1]);
        await database.MigrateAsync(Schema.All, time, default);
        var outbox = new WebhookOutbox(database, NodeIdentity.ThisProcess, time);
        using var post = new SignedPost(time);
        var hook = new WebhookOptions { Name = Hook, Url = args[2], Secret = "a secret of ours 0123456789" };
        var sender = new WebhookSender(hook, outbox, post, time, Random.Shared, NullLogger<WebhookSender>.Instance);

        Task keeping = KeepAsync(outbox, args[4], int.Parse(args[5], CultureInfo.InvariantCulture));
        bool isLast;
        do
            isLast = keeping.IsCompleted;
        while (await sender.DeliverDueAsync(default) > 0 || !isLast);
        await keeping;
        return 0;
    }

    private static async Task KeepAsync(WebhookOutbox outbox, string round, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string id = $"{round}-{i}";
            await outbox.AddAsync($"{round}-call-{i % Calls}", id, [(Hook, Encoding.UTF8.GetBytes(id))], default);
            // One write, which the console lets nobody into: a kill leaves a whole line or none.
            Console.Out.Write($"kept {id}\n");
        }
    }

    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
