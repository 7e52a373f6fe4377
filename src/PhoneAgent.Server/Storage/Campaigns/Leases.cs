using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Who may call a contact, and until when.</summary>
internal static class Leases
{
    private const string Give = "UPDATE campaign_contacts SET state = 'Waiting', lease_node = NULL, lease_expires_at = NULL";

    public const string GiveExpired = $"{Give} WHERE state = 'Leased' AND lease_expires_at <= @now AND running_attempt IS NULL";

    public const string Renew = "UPDATE campaign_contacts SET lease_expires_at = @until WHERE state = 'Leased' AND lease_node = @node RETURNING id";

    // A statement knows some 32,000 values on SQLite.
    private const int MaxKeys = 500;

    // Materialized: a plan that asks the inner SELECT twice would lease twice as many.
    public static string Take(SqlDialect sql) => $"""
        WITH due AS MATERIALIZED (
            SELECT id FROM campaign_contacts
            WHERE campaign_id = @campaignId AND state = 'Waiting' AND due_at <= @now
                AND EXISTS (SELECT 1 FROM campaigns WHERE id = @campaignId AND state = 'Running')
            ORDER BY due_at, id LIMIT @limit {sql.SkipLocked})
        UPDATE campaign_contacts SET state = 'Leased', lease_node = @node, lease_token = lease_token + 1, lease_expires_at = @until
        WHERE id IN (SELECT id FROM due) RETURNING {ContactRow.Columns}
        """;

    public static async Task<IReadOnlyList<Lease>> TakeAsync(SqlSession session, string campaignId, string node, int limit, DateTimeOffset now, TimeSpan length)
    {
        DateTimeOffset until = now + length;
        IReadOnlyList<ContactRow> rows = await session.QueryAsync<ContactRow>(Take(session.Dialect), new { campaignId, node, limit, now, until }).ConfigureAwait(false);
        return [.. rows.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Select(row => new Lease(row.ToContact(), node, row.LeaseToken, until))];
    }

    public static Task<IReadOnlyList<long>> RenewAsync(SqlSession session, string node, DateTimeOffset now, TimeSpan length) =>
        session.QueryAsync<long>(Renew, new { node, until = now + length });

    public static Task<int> ReleaseAsync(SqlSession session, Lease lease, DateTimeOffset dueAt) =>
        session.ExecuteAsync(
            $"{Give}, due_at = @dueAt WHERE id = @Id AND state = 'Leased' AND lease_node = @Node AND lease_token = @Token AND running_attempt IS NULL",
            new { lease.Contact.Id, lease.Node, lease.Token, dueAt });

    public static async Task<IReadOnlyList<Attempt>> RecoverAsync(SqlSession session, DateTimeOffset now, TimeSpan length)
    {
        await session.ExecuteAsync(GiveExpired, new { now }).ConfigureAwait(false);
        // No node renews a lease that has none, so what is not finished in time expires again.
        IReadOnlyList<long> running = await session.QueryAsync<long>("""
            UPDATE campaign_contacts SET lease_node = NULL, lease_token = lease_token + 1, lease_expires_at = @until
            WHERE state = 'Leased' AND lease_expires_at <= @now AND running_attempt IS NOT NULL RETURNING running_attempt
            """, new { now, until = now + length }).ConfigureAwait(false);
        List<Attempt> attempts = [];
        foreach (long[] keys in running.Order().Chunk(MaxKeys))
        {
            attempts.AddRange((await session.QueryAsync<AttemptRow>(
                $"SELECT {AttemptRow.Columns} FROM campaign_attempts WHERE {session.Dialect.IsAnyOf("id", "@keys")} ORDER BY id", new { keys }).ConfigureAwait(false)).Select(row => row.ToAttempt()));
        }
        return attempts;
    }

    /// <summary>Ends the lease in whose transaction this is.</summary>
    /// <param name="dueAt">When the contact is due again; null: it is finished.</param>
    /// <param name="doNotCallList">The list that finished it.</param>
    public static Task<int> EndAsync(SqlSession session, long contactId, DateTimeOffset? dueAt, string? doNotCallList = null) =>
        session.ExecuteAsync("""
            UPDATE campaign_contacts SET state = @state, due_at = @dueAt, lease_node = NULL, lease_expires_at = NULL, do_not_call_list = @doNotCallList WHERE id = @contactId
            """, new { contactId, dueAt, doNotCallList, state = dueAt is null ? nameof(ContactState.Finished) : nameof(ContactState.Waiting) });
}
