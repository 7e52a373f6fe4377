using System.Text.Json;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Adds contacts to a campaign.</summary>
internal static class ContactImport
{
    private const string Before = "INSERT INTO campaign_contacts (campaign_id, number, time_zone, variables, state, due_at, do_not_call_list, touched_at)";

    // Somebody who waits and is on a list now will not be called; whoever is being called, or was, keeps his state.
    private const string After = """
        ON CONFLICT (campaign_id, number) DO UPDATE SET
            variables = excluded.variables,
            time_zone = excluded.time_zone,
            is_forgotten = FALSE,
            touched_at = excluded.touched_at,
            state = CASE WHEN campaign_contacts.state = 'Waiting' THEN excluded.state ELSE campaign_contacts.state END,
            due_at = CASE WHEN campaign_contacts.state = 'Waiting' AND excluded.state = 'Finished' THEN NULL ELSE campaign_contacts.due_at END,
            do_not_call_list = CASE WHEN campaign_contacts.state = 'Waiting' THEN excluded.do_not_call_list ELSE campaign_contacts.do_not_call_list END
        """;

    private const int Columns = 8;

    public static async Task<ImportCounts> RunAsync(SqlSession session, string campaignId, IReadOnlyList<NewContact> contacts, DateTimeOffset now)
    {
        await CampaignLocks.ToImportAsync(session, campaignId).ConfigureAwait(false);
        CampaignRow campaign = await CampaignStates.FindAsync(session, campaignId).ConfigureAwait(false)
            ?? throw new CampaignStoreException($"There is no campaign '{campaignId}': create it first.");
        long before = await CountAsync(session, campaignId).ConfigureAwait(false);
        HashSet<string> listed = [];
        var insert = new ManyRows(session, Before, After, Columns);
        await using (insert.ConfigureAwait(false))
        {
            foreach (NewContact[] piece in contacts.Chunk(ManyRows.PieceSize))
            {
                // Within a statement a number may come once: the last row stands, as it would one after the other.
                Dictionary<string, NewContact> byNumber = [];
                foreach (NewContact contact in piece)
                    byNumber[contact.Number.Value] = contact;
                IReadOnlyDictionary<string, string> lists = await DoNotCallRows.FindAsync(session, byNumber.Keys, campaign.Lists).ConfigureAwait(false);
                listed.UnionWith(lists.Keys);
                await insert.InsertAsync([.. byNumber.Values.Select(contact => Row(campaignId, contact, lists.GetValueOrDefault(contact.Number.Value), now))]).ConfigureAwait(false);
            }
        }
        int added = (int)(await CountAsync(session, campaignId).ConfigureAwait(false) - before);
        await CampaignStates.ReopenAsync(session, campaignId).ConfigureAwait(false);
        return new ImportCounts(added, contacts.Count - added, listed.Count);
    }

    private static object?[] Row(string campaignId, NewContact contact, string? list, DateTimeOffset now) =>
    [
        campaignId,
        contact.Number.Value,
        contact.TimeZone,
        contact.Variables.Count == 0 ? "{}" : JsonSerializer.Serialize(contact.Variables),
        list is null ? nameof(ContactState.Waiting) : nameof(ContactState.Finished),
        list is null ? now : null,
        list,
        now,
    ];

    private static Task<long> CountAsync(SqlSession session, string campaignId) =>
        session.ScalarAsync<long>("SELECT COUNT(*) FROM campaign_contacts WHERE campaign_id = @campaignId", new { campaignId });
}
