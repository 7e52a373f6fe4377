using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Where campaigns stand. Counted, never kept: a count that is kept can be wrong.</summary>
internal static class CampaignCounts
{
    /// <param name="campaignId">Null for all, oldest first.</param>
    public static async Task<IReadOnlyList<CampaignStatus>> ReadAsync(SqlSession session, string? campaignId)
    {
        IReadOnlyList<CampaignRow> campaigns = await session.QueryAsync<CampaignRow>(
            $"SELECT id, agent, definition, do_not_call_lists, created_at, state FROM campaigns {(campaignId is null ? "" : "WHERE id = @campaignId")} ORDER BY created_at, id",
            new { campaignId }).ConfigureAwait(false);
        // One statement, so that contacts and attempts are of one moment.
        IReadOnlyList<Count> counts = await session.QueryAsync<Count>(Counts(isOne: campaignId is not null), new { campaignId }).ConfigureAwait(false);
        ILookup<string, Count> byCampaign = counts.ToLookup(count => count.CampaignId);
        return [.. campaigns.Select(campaign => Status(campaign, [.. byCampaign[campaign.Id]]))];
    }

    public static string Counts(bool isOne)
    {
        string one = isOne ? "AND campaign_id = @campaignId" : "";
        return $"""
            SELECT campaign_id, state, NULL AS outcome, COUNT(*) AS rows, COUNT(do_not_call_list) AS listed
            FROM campaign_contacts WHERE state IS NOT NULL {one} GROUP BY campaign_id, state
            UNION ALL
            SELECT campaign_id, NULL, outcome, COUNT(*), 0
            FROM campaign_attempts WHERE outcome IS NOT NULL {one} GROUP BY campaign_id, outcome
            """;
    }

    private static CampaignStatus Status(CampaignRow campaign, IReadOnlyList<Count> counts)
    {
        int In(ContactState state) => counts.Where(count => count.State == state.ToString()).Sum(count => count.Rows);
        return new CampaignStatus(
            campaign.ToCampaign(), campaign.State,
            Contacts: counts.Where(count => count.State is not null).Sum(count => count.Rows),
            Waiting: In(ContactState.Waiting), Leased: In(ContactState.Leased), Finished: In(ContactState.Finished),
            OnDoNotCallList: counts.Sum(count => count.Listed),
            Outcomes: counts.Where(count => count.Outcome is not null).ToDictionary(count => Enum.Parse<AttemptOutcome>(count.Outcome!), count => count.Rows));
    }

    private sealed record Count
    {
        public required string CampaignId { get; init; }
        public string? State { get; init; }
        public string? Outcome { get; init; }
        public int Rows { get; init; }
        public int Listed { get; init; }
    }
}
