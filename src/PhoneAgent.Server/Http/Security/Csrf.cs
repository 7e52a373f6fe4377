using Microsoft.AspNetCore.Antiforgery;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// For endpoints that scripts of our pages call: a request that changes something must carry the page's token in
/// <see cref="Header"/>. Forms carry it in a field, which the framework checks. Machines with a key need none, for browsers
/// do not send keys by themselves.
/// </summary>
internal static class Csrf
{
    public const string Header = "X-CSRF-Token";

    public static TBuilder RequireCsrfToken<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) => await IsFineAsync(context.HttpContext).ConfigureAwait(false)
            ? await next(context).ConfigureAwait(false)
            : Results.Problem("The page is too old, or the request was not begun by it: reload the page.", statusCode: StatusCodes.Status400BadRequest));

    private static async Task<bool> IsFineAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || context.User.Identity?.AuthenticationType == ApiKeyHandler.Name)
            return true;
        return await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context).ConfigureAwait(false);
    }
}
