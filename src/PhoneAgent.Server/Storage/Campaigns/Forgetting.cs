using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Deletes a person. While he is being called his number has to stay known, or another campaign would call it too.</summary>
internal static class Forgetting
{
    public static async Task<int> RunAsync(SqlSession session, PhoneNumber number)
    {
        await CampaignLocks.NumberAsync(session, number).ConfigureAwait(false);
        IReadOnlyList<ContactRow> contacts = await session.QueryAsync<ContactRow>(
            $"SELECT {ContactRow.Columns} FROM campaign_contacts WHERE number = @Value ORDER BY id {session.Dialect.ForUpdate}", new { number.Value }).ConfigureAwait(false);
        long attempts = await session.ScalarAsync<long>("SELECT COUNT(*) FROM campaign_attempts WHERE number = @Value", new { number.Value }).ConfigureAwait(false);
        int consents = await session.ExecuteAsync("DELETE FROM campaign_consents WHERE number = @Value", new { number.Value }).ConfigureAwait(false);
        // Attempts go with their contact.
        await session.ExecuteAsync("DELETE FROM campaign_contacts WHERE number = @Value AND running_attempt IS NULL", new { number.Value }).ConfigureAwait(false);
        await session.ExecuteAsync(
            "UPDATE campaign_contacts SET is_forgotten = TRUE, variables = '{}' WHERE number = @Value", new { number.Value }).ConfigureAwait(false);
        return contacts.Count + (int)attempts + consents;
    }

    /// <summary>The attempt that was waited for has ended.</summary>
    public static async Task EndedAsync(SqlSession session, string number, long attemptId)
    {
        await session.ExecuteAsync("DELETE FROM campaign_consents WHERE number = @number", new { number }).ConfigureAwait(false);
        await session.ExecuteAsync(
            "DELETE FROM campaign_contacts WHERE id = (SELECT contact_id FROM campaign_attempts WHERE id = @attemptId)", new { attemptId }).ConfigureAwait(false);
    }
}
