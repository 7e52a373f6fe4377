using System.Data.Common;
using System.Text.RegularExpressions;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Api;

/// <summary>What holds for every request to the API, before and after its endpoint.</summary>
internal static partial class ApiPaths
{
    public const string Root = "/api/v1";

    public static bool Is(PathString path) => path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says what is wrong where only a status was set.</summary>
    public static Task ExplainAsync(HttpContext context) =>
        ApiProblem.Of(context.Response.StatusCode, context.GetEndpoint()?.Metadata.GetMetadata<NeededScopes>()?.Names).ExecuteAsync(context);

    /// <summary>Parameters that cannot be read, and a database that cannot be reached, are answered in the API's own words.</summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = e.StatusCode;
            if (Is(context.Request.Path) && Parameter().Match(e.Message) is { Success: true } match)
                await ApiProblem.BadRequest($"query.{match.Groups[1].Value}", "This value cannot be read; /api/v1/openapi.json says what is expected.").ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or CampaignStoreException && !context.Response.HasStarted && Is(context.Request.Path))
        {
            await ApiProblem.Unavailable("The database (storage in the configuration) does not answer. Send it again later, with the same Idempotency-Key.").ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    // "Failed to bind parameter "Nullable<int> limit" from "abc"."
    [GeneratedRegex("""parameter "\S+ (\w+)" from""")]
    private static partial Regex Parameter();
}
