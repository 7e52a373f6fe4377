using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>
/// What must not happen at the same time, on PostgreSQL; SQLite has one writer and needs none of it. Advisory locks rather than
/// rows, because "no attempt to this number" and "not on a list" have no row to lock, and because their queue is fair: a stream
/// of beginning attempts cannot keep the order to pause waiting. They end with the transaction. Taken in this order, after them
/// contacts, then the campaign, so that nobody waits in a circle.
/// </summary>
internal static class CampaignLocks
{
    private const int DoNotCall = 0x70610001, Number = 0x70610002, Import = 0x70610003, Campaign = 0x70610004;

    /// <summary>Nothing is put onto or taken off a do-not-call list while an attempt to a number begins; nor is there a second attempt to it.</summary>
    public static Task ToBeginAsync(SqlSession session, PhoneNumber number) =>
        LockAsync(session, $"pg_advisory_xact_lock_shared({DoNotCall}, 0), pg_advisory_xact_lock({Number}, hashtext(@key))", number.Value);

    public static Task ToChangeDoNotCallAsync(SqlSession session) => LockAsync(session, $"pg_advisory_xact_lock({DoNotCall}, 0)", "");

    public static Task NumberAsync(SqlSession session, PhoneNumber number) => LockAsync(session, $"pg_advisory_xact_lock({Number}, hashtext(@key))", number.Value);

    /// <summary>One import into a campaign at a time.</summary>
    public static Task ToImportAsync(SqlSession session, string campaignId) => LockAsync(session, $"pg_advisory_xact_lock({Import}, hashtext(@key))", campaignId);

    /// <summary>The campaign keeps its state.</summary>
    public static Task KeepStateAsync(SqlSession session, string campaignId) => LockAsync(session, $"pg_advisory_xact_lock_shared({Campaign}, hashtext(@key))", campaignId);

    public static Task ToChangeStateAsync(SqlSession session, string campaignId) => LockAsync(session, $"pg_advisory_xact_lock({Campaign}, hashtext(@key))", campaignId);

    private static Task LockAsync(SqlSession session, string locks, string key) =>
        session.Dialect == SqlDialect.Postgres ? session.ExecuteAsync($"SELECT {locks}", new { key }) : Task.CompletedTask;
}
