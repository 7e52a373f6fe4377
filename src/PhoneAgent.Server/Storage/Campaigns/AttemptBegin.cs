using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>
/// One wish to dial. All that speaks against it is looked at in the transaction that writes the attempt, behind the locks of
/// <see cref="CampaignLocks"/>: nothing can come between the look and the write.
/// </summary>
internal sealed class AttemptBegin(Lease lease, string? callerId, TimeSpan spacing, DateTimeOffset now)
{
    public const string LastCall = """
        SELECT MAX(CASE WHEN outcome = 'Lost' THEN ended_at ELSE started_at END) AS at, COUNT(*) - COUNT(outcome) AS running
        FROM campaign_attempts WHERE number = @Value
        """;

    /// <summary>When a number is called this long already, look again after so much.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    // Tells this wish from another one with the same lease, after a commit of which nobody knows whether it came through.
    private readonly string _key = Guid.NewGuid().ToString("N");

    /// <param name="isAgain">The transaction may have been committed before.</param>
    public async Task<AttemptStart> RunAsync(SqlSession session, bool isAgain)
    {
        await CampaignLocks.ToBeginAsync(session, lease.Contact.Number).ConfigureAwait(false);
        ContactRow? contact = await session.SingleAsync<ContactRow>(
            $"SELECT {ContactRow.Columns} FROM campaign_contacts WHERE id = @Id {session.Dialect.ForUpdate}", new { lease.Contact.Id }).ConfigureAwait(false);
        if (contact is null)
            return new AttemptStart.LeaseLost();
        if (isAgain && await FindMineAsync(session, contact).ConfigureAwait(false) is { } mine)
            return new AttemptStart.Begun(mine);
        if (!contact.IsHeldBy(lease) || contact.LeaseExpiresAt <= now)
            return new AttemptStart.LeaseLost();

        await CampaignLocks.KeepStateAsync(session, contact.CampaignId).ConfigureAwait(false);
        CampaignRow campaign = (await CampaignStates.FindAsync(session, contact.CampaignId).ConfigureAwait(false))!;
        if (campaign.State != CampaignState.Running)
            return await EndAsync(session, new AttemptStart.LeaseLost(), contact.DueAt ?? now).ConfigureAwait(false);
        if (await DoNotCallRows.FindAsync(session, lease.Contact.Number, campaign.Lists).ConfigureAwait(false) is { } list)
            return await EndAsync(session, new AttemptStart.OnDoNotCallList(list), dueAt: null, list).ConfigureAwait(false);
        if (await TooSoonUntilAsync(session).ConfigureAwait(false) is { } dueAt)
            return await EndAsync(session, new AttemptStart.TooSoon(dueAt), dueAt).ConfigureAwait(false);
        return new AttemptStart.Begun(await WriteAsync(session, contact).ConfigureAwait(false));
    }

    private async Task<AttemptStart> EndAsync(SqlSession session, AttemptStart start, DateTimeOffset? dueAt, string? list = null)
    {
        await Leases.EndAsync(session, lease.Contact.Id, dueAt, list).ConfigureAwait(false);
        return start;
    }

    private async Task<DateTimeOffset?> TooSoonUntilAsync(SqlSession session)
    {
        Last? last = await session.SingleAsync<Last>(LastCall, new { lease.Contact.Number.Value }).ConfigureAwait(false);
        if (last?.At is not { } at)
            return null;
        DateTimeOffset spaced = at + spacing;
        if (last.Running > 0)
            return Later(spaced, now + LookAgain);
        return spaced > now ? spaced : null;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private async Task<Attempt> WriteAsync(SqlSession session, ContactRow contact)
    {
        AttemptRow row = (await session.SingleAsync<AttemptRow>($"""
            INSERT INTO campaign_attempts (contact_id, campaign_id, number, ordinal, started_at, node, begin_key, caller_id)
            VALUES (@Id, @CampaignId, @Number, @ordinal, @now, @Node, @key, @callerId) RETURNING {AttemptRow.Columns}
            """, new { contact.Id, contact.CampaignId, contact.Number, ordinal = contact.Attempts + 1, now, lease.Node, key = _key, callerId }).ConfigureAwait(false))!;
        await session.ExecuteAsync(
            "UPDATE campaign_contacts SET attempts = attempts + 1, running_attempt = @Id WHERE id = @ContactId", new { row.Id, row.ContactId }).ConfigureAwait(false);
        if (session.Dialect == SqlDialect.Postgres)
            await session.ExecuteAsync("SET LOCAL synchronous_commit = on").ConfigureAwait(false); // whatever the server's default: it is dialled next
        return row.ToAttempt();
    }

    private async Task<Attempt?> FindMineAsync(SqlSession session, ContactRow contact) =>
        (await session.SingleAsync<AttemptRow>(
            $"SELECT {AttemptRow.Columns} FROM campaign_attempts WHERE contact_id = @Id AND begin_key = @key AND outcome IS NULL", new { contact.Id, key = _key }).ConfigureAwait(false))?.ToAttempt();

    private sealed record Last
    {
        public DateTimeOffset? At { get; init; }
        public long Running { get; init; }
    }
}
