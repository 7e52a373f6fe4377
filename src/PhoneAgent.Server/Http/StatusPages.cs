using Microsoft.AspNetCore.Diagnostics;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.Dashboard.Pages;

namespace PhoneAgent.Server.Http;

/// <summary>What a person reads in place of an empty answer; a program gets the status alone.</summary>
internal static class StatusPages
{
    public static async Task WriteAsync(StatusCodeContext context)
    {
        HttpContext http = context.HttpContext;
        if (ApiPaths.Is(http.Request.Path))
        {
            await ApiPaths.ExplainAsync(http).ConfigureAwait(false);
            return;
        }
        if (!http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            return;
        var fragments = new Fragments(http.RequestServices, http.RequestServices.GetRequiredService<ILoggerFactory>());
        await using (fragments.ConfigureAwait(false))
        {
            string page = await fragments.RenderAsync<StatusPage>((nameof(StatusPage.Status), http.Response.StatusCode)).ConfigureAwait(false);
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync(page, http.RequestAborted).ConfigureAwait(false);
        }
    }
}
