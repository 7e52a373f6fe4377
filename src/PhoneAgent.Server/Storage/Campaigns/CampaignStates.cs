using System.Text.Json;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Campaigns and their states.</summary>
internal static class CampaignStates
{
    public static async Task<bool> CreateAsync(SqlSession session, Campaign campaign, bool isAgain)
    {
        var row = new
        {
            campaign.Id,
            campaign.Agent,
            campaign.Definition,
            DoNotCallLists = JsonSerializer.Serialize(campaign.DoNotCallLists),
            campaign.CreatedAt,
            State = nameof(CampaignState.Draft),
        };
        int rows = await session.ExecuteAsync("""
            INSERT INTO campaigns (id, agent, definition, do_not_call_lists, created_at, state)
            VALUES (@Id, @Agent, @Definition, @DoNotCallLists, @CreatedAt, @State) ON CONFLICT (id) DO NOTHING
            """, row).ConfigureAwait(false);
        return rows > 0 || (isAgain && await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM campaigns WHERE id = @Id AND agent = @Agent AND definition = @Definition AND created_at = @CreatedAt", row).ConfigureAwait(false) > 0);
    }

    public static async Task<bool> SetAsync(SqlSession session, string campaignId, IReadOnlyList<CampaignState> from, CampaignState to, bool isAgain)
    {
        await CampaignLocks.ToChangeStateAsync(session, campaignId).ConfigureAwait(false);
        CampaignRow? campaign = await FindAsync(session, campaignId).ConfigureAwait(false);
        if (campaign is null || !from.Contains(campaign.State))
            return isAgain && campaign?.State == to;
        if (to == CampaignState.Completed && await HasUnfinishedAsync(session, campaignId).ConfigureAwait(false))
            return false;
        await WriteAsync(session, campaignId, to).ConfigureAwait(false);
        return true;
    }

    public static async Task<bool> RedefineAsync(SqlSession session, Campaign campaign, string replaces, bool isAgain)
    {
        await CampaignLocks.ToChangeStateAsync(session, campaign.Id).ConfigureAwait(false);
        CampaignRow? there = await FindAsync(session, campaign.Id).ConfigureAwait(false);
        if (there is null or { State: CampaignState.Stopped or CampaignState.Completed } || there.Definition != replaces)
            return isAgain && there?.Definition == campaign.Definition;
        await session.ExecuteAsync(
            "UPDATE campaigns SET agent = @Agent, definition = @Definition, do_not_call_lists = @lists WHERE id = @Id",
            new { campaign.Id, campaign.Agent, campaign.Definition, lists = JsonSerializer.Serialize(campaign.DoNotCallLists) }).ConfigureAwait(false);
        return true;
    }

    /// <summary>After an import: whoever was added is to be called, so the campaign is not complete any more.</summary>
    public static async Task ReopenAsync(SqlSession session, string campaignId)
    {
        await CampaignLocks.ToChangeStateAsync(session, campaignId).ConfigureAwait(false);
        CampaignRow? campaign = await FindAsync(session, campaignId).ConfigureAwait(false);
        if (campaign?.State == CampaignState.Completed && await HasUnfinishedAsync(session, campaignId).ConfigureAwait(false))
            await WriteAsync(session, campaignId, CampaignState.Paused).ConfigureAwait(false);
    }

    public static Task<CampaignRow?> FindAsync(SqlSession session, string campaignId) =>
        session.SingleAsync<CampaignRow>("SELECT id, agent, definition, do_not_call_lists, created_at, state FROM campaigns WHERE id = @campaignId", new { campaignId });

    private static async Task<bool> HasUnfinishedAsync(SqlSession session, string campaignId) =>
        await session.ScalarAsync<long?>(
            "SELECT id FROM campaign_contacts WHERE campaign_id = @campaignId AND state IN (@Waiting, @Leased) LIMIT 1",
            new { campaignId, Waiting = nameof(ContactState.Waiting), Leased = nameof(ContactState.Leased) }).ConfigureAwait(false) is not null;

    private static Task<int> WriteAsync(SqlSession session, string campaignId, CampaignState state) =>
        session.ExecuteAsync("UPDATE campaigns SET state = @state WHERE id = @campaignId", new { campaignId, state = state.ToString() });
}
