using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Proofs of what people were told and allowed.</summary>
internal static class Consents
{
    /// <param name="isAgain">The transaction may have been committed before.</param>
    public static async Task<bool> AddAsync(SqlSession session, ConsentRecord consent, bool isAgain)
    {
        var row = new { Number = consent.Number.Value, consent.CampaignId, consent.CallId, Kind = consent.Kind.ToString(), Words = StoredText.Clean(consent.Words), consent.At, consent.MediaTime };
        if (isAgain && await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM campaign_consents WHERE number = @Number AND call_id = @CallId AND kind = @Kind AND at = @At", row).ConfigureAwait(false) > 0)
        {
            return true;
        }
        await session.ExecuteAsync("""
            INSERT INTO campaign_consents (number, campaign_id, call_id, kind, words, at, media_time)
            VALUES (@Number, @CampaignId, @CallId, @Kind, @Words, @At, @MediaTime)
            """, row).ConfigureAwait(false);
        return true;
    }
}

internal sealed record ConsentRow
{
    public const string Columns = "id, number, campaign_id, call_id, kind, words, at, media_time";

    public long Id { get; init; }
    public required string Number { get; init; }
    public required string CampaignId { get; init; }
    public required string CallId { get; init; }
    public ConsentKind Kind { get; init; }
    public required string Words { get; init; }
    public DateTimeOffset At { get; init; }
    public TimeSpan MediaTime { get; init; }

    public ConsentRecord ToConsent() => new(Stored.Number(Number), CampaignId, CallId, Kind, Words, At, MediaTime);
}
