using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Of an attempt of which nothing was sent, nothing stays: neither the count nor the spacing may know it.</summary>
internal static class AttemptUndo
{
    /// <param name="isAgain">The transaction may have been committed before: then there is no attempt any more.</param>
    public static async Task<bool> RunAsync(SqlSession session, long attemptId, DateTimeOffset dueAt, bool isAgain)
    {
        // The contact first, as everybody does. It says whether the attempt still runs.
        Target? target = await session.SingleAsync<Target>($"""
            SELECT id, number, is_forgotten, running_attempt FROM campaign_contacts
            WHERE id = (SELECT contact_id FROM campaign_attempts WHERE id = @attemptId) {session.Dialect.ForUpdate}
            """, new { attemptId }).ConfigureAwait(false);
        if (target is null)
            return isAgain;
        if (target.RunningAttempt != attemptId)
            return false;
        if (target.IsForgotten)
        {
            await Forgetting.EndedAsync(session, target.Number, attemptId).ConfigureAwait(false);
            return true;
        }
        await session.ExecuteAsync("DELETE FROM campaign_attempts WHERE id = @attemptId", new { attemptId }).ConfigureAwait(false);
        await session.ExecuteAsync("""
            UPDATE campaign_contacts SET state = 'Waiting', due_at = @dueAt, attempts = attempts - 1, running_attempt = NULL, lease_node = NULL, lease_expires_at = NULL
            WHERE id = @Id
            """, new { target.Id, dueAt }).ConfigureAwait(false);
        return true;
    }

    private sealed record Target
    {
        public long Id { get; init; }
        public required string Number { get; init; }
        public bool IsForgotten { get; init; }
        public long? RunningAttempt { get; init; }
    }
}
