using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Retention;

namespace PhoneAgent.Server.History;

/// <summary>What went when somebody asked to be forgotten. Do-not-call entries stay: they are his wish, too.</summary>
/// <param name="Deleted">Calls.</param>
/// <param name="Failed">Calls that could not be deleted; the log says why.</param>
/// <param name="CampaignRows">Contacts, attempts and consents; one who is being called goes when his call ends.</param>
/// <param name="Note">Why campaigns were not looked at; null when they were.</param>
internal sealed record DeletedCaller(int Deleted, int Failed, int CampaignRows, string? Note)
{
    /// <summary>Campaigns first: when that fails, nothing is deleted, and it can be done again. Not left half done when the browser goes away.</summary>
    /// <exception cref="CampaignStoreException">The database fails.</exception>
    public static async Task<DeletedCaller> DeleteAsync(string party, ICallStore calls, ICampaignStore campaigns, InTransit transit)
    {
        // A number without its country may be several people's: no campaign forgets somebody by a guess.
        int rows = 0;
        string? note = null;
        if (NumberNormalizer.TryNormalize(party, country: null, out PhoneNumber number, out string? error))
            rows = await campaigns.DeleteAsync(number, CancellationToken.None).ConfigureAwait(false);
        else
            note = $"Campaigns were not looked at: {error}";
        await transit.ForgetOfAsync(party, CancellationToken.None).ConfigureAwait(false);
        (int deleted, int failed) = await calls.DeleteOfAsync(party, CancellationToken.None).ConfigureAwait(false);
        return new DeletedCaller(deleted, failed, rows, note);
    }
}
