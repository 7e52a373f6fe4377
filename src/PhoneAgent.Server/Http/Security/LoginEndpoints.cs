using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace PhoneAgent.Server.Http.Security;

/// <summary>What the forms of the pages <c>/login</c>, <c>/setup</c> and <c>/account</c> post. The framework checks their tokens.</summary>
internal static partial class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/login", LogInAsync).AllowAnonymous();
        routes.MapPost("/logout", LogOutAsync).AllowAnonymous();
        routes.MapPost("/setup", SetUpAsync).RequireAuthorization(Policies.Administer);
        routes.MapPost("/account/password", ChangePasswordAsync).RequireAuthorization(Policies.View);
    }

    private static async Task<IResult> LogInAsync(
        [FromForm] string? name, [FromForm] string? password, [FromForm] string? returnUrl,
        HttpContext context, AccountDesk accounts, LoginGuard guard, ILoggerFactory loggers)
    {
        name = Cut(name);
        string address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        string back = Uri.EscapeDataString(LocalOrHome(returnUrl));
        if (guard.WaitFor(name, address) is { Ticks: > 0 } wait)
            return Results.Redirect($"/login?wait={Math.Ceiling(wait.TotalSeconds):0}&returnUrl={back}");
        if (accounts.Check(name, password ?? "") is not { } user)
        {
            guard.OnFailure(name, address);
            Log.Refused(loggers.CreateLogger("PhoneAgent.Login"), address);
            return Results.Redirect($"/login?failed=true&returnUrl={back}");
        }
        guard.OnSuccess(name, address);
        await SignInAsync(context, user).ConfigureAwait(false);
        return Results.LocalRedirect(LocalOrHome(returnUrl));
    }

    private static async Task<IResult> LogOutAsync([FromForm] string? returnUrl, HttpContext context, AccountDesk accounts)
    {
        // Not left undone when the browser goes away.
        await accounts.EndSessionAsync(context.User, CancellationToken.None).ConfigureAwait(false);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme).ConfigureAwait(false);
        return Results.LocalRedirect(LocalOrHome(returnUrl));
    }

    private static async Task<IResult> SetUpAsync([FromForm] string? name, [FromForm] string? password, [FromForm] string? again, HttpContext context, AccountDesk accounts)
    {
        string? problem = password != again ? "The two passwords are not the same." : await accounts.AddUserAsync(Cut(name), Role.Administrator, password ?? "", context.RequestAborted, onlyFirst: true).ConfigureAwait(false);
        if (problem is not null)
            return Results.Redirect($"/setup?problem={Uri.EscapeDataString(problem)}");
        await SignInAsync(context, accounts.Accounts.FindUser(Cut(name))!).ConfigureAwait(false);
        return Results.LocalRedirect("/");
    }

    private static async Task<IResult> ChangePasswordAsync(
        [FromForm] string? current, [FromForm] string? password, [FromForm] string? again, HttpContext context, AccountDesk accounts, LoginGuard guard)
    {
        string name = context.User.FindFirstValue(ClaimTypes.Name) ?? "", address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (guard.WaitFor(name, address) > TimeSpan.Zero)
            return Refused("Too many attempts. Try again later.");
        if (accounts.Check(name, current ?? "") is null)
        {
            guard.OnFailure(name, address);
            return Refused("The current password is not right.");
        }
        if ((password != again ? "The two new passwords are not the same." : await accounts.SetPasswordAsync(name, password ?? "", context.RequestAborted).ConfigureAwait(false)) is { } problem)
            return Refused(problem);
        await SignInAsync(context, accounts.Accounts.FindUser(name)!).ConfigureAwait(false);
        return Results.LocalRedirect("/account?changed=true");

        static IResult Refused(string problem) => Results.Redirect($"/account?problem={Uri.EscapeDataString(problem)}");
    }

    private static Task SignInAsync(HttpContext context, UserAccount user) =>
        context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, SecurityServices.PrincipalOf(user));

    private static string Cut(string? name) => name is null ? "" : name.Trim() is { Length: > AccountDesk.MaxNameLength } longer ? longer[..AccountDesk.MaxNameLength] : name.Trim();

    /// <summary>Only paths of this server: a link to the login must not lead elsewhere afterwards.</summary>
    private static string LocalOrHome(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && url.Length < 2_000 && !url.Any(char.IsControl) ? url : "/";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A login from {Address} was refused")]
        public static partial void Refused(ILogger logger, string address);
    }
}
