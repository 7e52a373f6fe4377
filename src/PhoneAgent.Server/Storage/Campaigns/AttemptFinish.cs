using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>The end of an attempt; the first one counts.</summary>
internal sealed class AttemptFinish(long attemptId, AttemptOutcome outcome, string? callId, DateTimeOffset endedAt, DateTimeOffset? dueAt)
{
    private readonly object _values = new
    {
        attemptId,
        outcome = outcome.ToString(),
        callId,
        endedAt,
        dueAt,
        state = dueAt is null ? nameof(ContactState.Finished) : nameof(ContactState.Waiting),
    };

    /// <param name="isAgain">The transaction may have been committed before: then the outcome that is there is this one.</param>
    public async Task<bool> RunAsync(SqlSession session, bool isAgain)
    {
        // The contact first, as everybody does: two who lock in opposite orders wait for each other.
        Target? target = await session.SingleAsync<Target>($"""
            SELECT number, is_forgotten FROM campaign_contacts WHERE id = (SELECT contact_id FROM campaign_attempts WHERE id = @attemptId) {session.Dialect.ForUpdate}
            """, _values).ConfigureAwait(false);
        if (target is null)
            return isAgain;
        int rows = await session.ExecuteAsync(
            "UPDATE campaign_attempts SET outcome = @outcome, ended_at = @endedAt, call_id = @callId WHERE id = @attemptId AND outcome IS NULL", _values).ConfigureAwait(false);
        if (rows == 0)
            return isAgain && await IsMineAsync(session).ConfigureAwait(false);
        await session.ExecuteAsync("""
            UPDATE campaign_contacts SET state = @state, due_at = @dueAt, touched_at = @endedAt, last_outcome = @outcome, running_attempt = NULL, lease_node = NULL, lease_expires_at = NULL
            WHERE running_attempt = @attemptId AND id = (SELECT contact_id FROM campaign_attempts WHERE id = @attemptId)
            """, _values).ConfigureAwait(false);
        if (target.IsForgotten)
            await Forgetting.EndedAsync(session, target.Number, attemptId).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> IsMineAsync(SqlSession session) =>
        await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM campaign_attempts WHERE id = @attemptId AND outcome = @outcome AND ended_at = @endedAt", _values).ConfigureAwait(false) > 0;

    private sealed record Target
    {
        public required string Number { get; init; }
        public bool IsForgotten { get; init; }
    }
}
