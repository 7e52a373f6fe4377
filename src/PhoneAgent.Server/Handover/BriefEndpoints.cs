using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PhoneAgent.Conversation.Transfer.Brief;

namespace PhoneAgent.Server.Handover;

/// <summary>
/// <c>/briefs/{token}</c>: the brief of a hand-over, for whoever takes the call: a page, or JSON for a program that asks for it. Who
/// has the address may read it, for it came to him in the call's own signalling, and many phones cannot log in.
/// </summary>
internal static class BriefEndpoints
{
    public const string Path = "briefs";

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeHeaderValue Html = new("text/html");

    public static void MapBriefs(this IEndpointRouteBuilder routes) =>
        routes.MapGet($"/{Path}/{{token}}", (string token, HttpContext context, BriefLinks links) =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.CacheControl = "no-store";
            headers["Referrer-Policy"] = "no-referrer";
            headers["X-Robots-Tag"] = "noindex, nofollow";
            headers.Vary = "Accept";
            if (links.Find(token) is not { } brief)
                return Results.NotFound();
            return WantsJson(context.Request) ? Results.Bytes(BriefDocument.Of(brief).ToUtf8(), "application/json; charset=utf-8") : Page(brief);
        }).AllowAnonymous();

    private static RazorComponentResult<BriefPage> Page(HandoverBrief brief) => new(new { Brief = brief });

    /// <summary>A program names JSON before pages; a browser names pages.</summary>
    private static bool WantsJson(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;
        return QualityOf(accepted, Json) > QualityOf(accepted, Html);
    }

    private static double QualityOf(IList<MediaTypeHeaderValue> accepted, MediaTypeHeaderValue type) =>
        accepted.Where(range => type.IsSubsetOf(range)).Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
}
