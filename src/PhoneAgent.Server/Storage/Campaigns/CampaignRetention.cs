using PhoneAgent.Campaigns;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Kinds of data of campaigns that are kept for different times.</summary>
internal enum CampaignData
{
    /// <summary>People who will not be called any more, from their last call or import; their attempts go with them.</summary>
    Contacts,
    /// <summary>Calls to them that have ended, from then.</summary>
    Attempts,
    /// <summary>Proofs of what people were told and allowed, from that moment.</summary>
    Consents,
    /// <summary>Entries of do-not-call lists, from when they were added, and what was changed there.</summary>
    DoNotCall,
}

/// <summary>Forgets what campaigns have known for too long; who may still be called is never touched. Thread-safe.</summary>
internal sealed class CampaignRetention(SqlDatabase database, TimeProvider time)
{
    // A piece a transaction, so that nobody who begins an attempt waits for long.
    private const int RowsAtOnce = 500;

    private readonly CampaignDatabase _database = new(database, time);

    /// <returns>Rows that went.</returns>
    /// <exception cref="CampaignStoreException">The database fails.</exception>
    public async Task<int> ForgetAsync(CampaignData what, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int all = 0;
        foreach (string delete in StatementsOf(what))
        {
            int gone;
            do
            {
                gone = await _database.WriteAsync("forgetting what is too old", async session =>
                {
                    if (what == CampaignData.DoNotCall)
                        await CampaignLocks.ToChangeDoNotCallAsync(session).ConfigureAwait(false);
                    return await session.ExecuteAsync(delete, new { before, RowsAtOnce }).ConfigureAwait(false);
                }, cancellationToken).ConfigureAwait(false);
                all += gone;
            }
            while (gone == RowsAtOnce);
        }
        return all;
    }

    private static string[] StatementsOf(CampaignData what) => what switch
    {
        // Looked at again by PostgreSQL when it has waited for a row: all that decides stands in it, but for the campaign, which does not begin anew.
        CampaignData.Contacts =>
        [
            """
            DELETE FROM campaign_contacts WHERE touched_at < @before AND running_attempt IS NULL AND state <> 'Leased' AND id IN (
                SELECT contact.id FROM campaign_contacts contact JOIN campaigns ON campaigns.id = contact.campaign_id
                WHERE contact.touched_at < @before AND contact.running_attempt IS NULL
                    AND (contact.state = 'Finished' OR (contact.state = 'Waiting' AND campaigns.state = 'Stopped'))
                ORDER BY contact.id LIMIT @RowsAtOnce)
            """,
        ],
        CampaignData.Attempts => ["DELETE FROM campaign_attempts WHERE id IN (SELECT id FROM campaign_attempts WHERE outcome IS NOT NULL AND ended_at < @before ORDER BY id LIMIT @RowsAtOnce)"],
        CampaignData.Consents => ["DELETE FROM campaign_consents WHERE id IN (SELECT id FROM campaign_consents WHERE at < @before ORDER BY id LIMIT @RowsAtOnce)"],
        _ =>
        [
            "DELETE FROM do_not_call WHERE (list, number) IN (SELECT list, number FROM do_not_call WHERE added_at < @before ORDER BY list, number LIMIT @RowsAtOnce)",
            "DELETE FROM do_not_call_changes WHERE id IN (SELECT id FROM do_not_call_changes WHERE at < @before ORDER BY id LIMIT @RowsAtOnce)",
        ],
    };
}
