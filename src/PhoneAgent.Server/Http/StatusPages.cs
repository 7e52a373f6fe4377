using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using PhoneAgent.Server.Dashboard.Pages;

namespace PhoneAgent.Server.Http;

/// <summary>What a person reads in place of an empty answer; a program gets the status alone.</summary>
internal static class StatusPages
{
    public static Task WriteAsync(StatusCodeContext context)
    {
        HttpContext http = context.HttpContext;
        if (!http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            return Task.CompletedTask;
        int status = http.Response.StatusCode;
        return new RazorComponentResult<StatusPage>(new { Status = status }) { StatusCode = status }.ExecuteAsync(http);
    }
}
