using PhoneAgent.Server.Api;

namespace PhoneAgent.Server.Http.Security;

/// <summary>What browsers are told about every answer: nothing from elsewhere, no inline script or style, no frames.</summary>
internal static partial class SecurityHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
        // Words of callers belong in no cache; who wants another rule says so himself.
        context.Response.OnStarting(static state =>
        {
            IHeaderDictionary answer = ((HttpContext)state).Response.Headers;
            if (answer.CacheControl.Count == 0)
                answer.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    /// <summary>
    /// An error of ours is answered by 500, with the same headers: the server underneath would throw them away. What went wrong
    /// is for the log.
    /// </summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not BadHttpRequestException && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            Log.Failed(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SecurityHeaders)), e, context.Request.Path);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            if (ApiPaths.Is(context.Request.Path))
                await ApiPaths.ExplainAsync(context).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The request for {Path} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string path);
    }
}
