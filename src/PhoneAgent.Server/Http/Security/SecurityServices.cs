using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Users;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Who somebody is, and what he may do.</summary>
internal static class SecurityServices
{
    public const string StampClaim = "phoneagent:stamp";

    /// <summary>Which login a cookie is from.</summary>
    public const string SessionClaim = "phoneagent:session";

    private const string AnyScheme = "Any";

    public static IServiceCollection AddSecurity(this IServiceCollection services, LoadedConfig config)
    {
        HttpServerOptions http = config.Options.Http;
        bool alwaysSecure = http.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true || http.Listen.All(l => l.IsTls);
        CookieSecurePolicy secure = alwaysSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        services.AddSingleton<IUserStore, SqlUserStore>().AddSingleton<AccountBook>().AddHostedService(s => s.GetRequiredService<AccountBook>()).AddSingleton<AccountDesk>().AddSingleton<LoginGuard>().AddSingleton(new HostNames(http));
        services.AddDataProtection().SetApplicationName("phoneagent").PersistKeysToFileSystem(KeyFolder(config));
        services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, options => options.ForwardDefaultSelector = context =>
                ApiKeyHandler.KeyOf(context.Request) is not null ? ApiKeyHandler.Name
                : context.RequestServices.GetRequiredService<AccountDesk>().IsOpen ? OpenAccessHandler.Name
                : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, null)
            .AddScheme<AuthenticationSchemeOptions, OpenAccessHandler>(OpenAccessHandler.Name, null)
            .AddCookie(options => Configure(options, http, secure));
        services.AddAuthorization(Policies.Add);
        services.AddAntiforgery(options =>
        {
            options.HeaderName = Csrf.Header;
            options.Cookie = new CookieBuilder { Name = "phoneagent-csrf", HttpOnly = true, SameSite = SameSiteMode.Strict, SecurePolicy = secure };
        });
        return services;
    }

    /// <summary>Of a login: each is a session of its own.</summary>
    public static ClaimsPrincipal PrincipalOf(UserAccount user) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, user.Name), new Claim(ClaimTypes.Role, user.Role.ToString()), new Claim(StampClaim, user.Stamp), new Claim(SessionClaim, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)))],
        CookieAuthenticationDefaults.AuthenticationScheme));

    private static void Configure(CookieAuthenticationOptions options, HttpServerOptions http, CookieSecurePolicy secure)
    {
        options.Cookie = new CookieBuilder { Name = "phoneagent", HttpOnly = true, SameSite = SameSiteMode.Strict, SecurePolicy = secure, IsEssential = true };
        options.ExpireTimeSpan = http.SessionLifetime;
        options.SlidingExpiration = true;
        options.LoginPath = "/login";
        options.ReturnUrlParameter = "returnUrl";
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = ValidateAsync,
            OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized, redirect: IsPage(context.Request)),
            OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden, redirect: false),
        };
    }

    // Somebody who was removed, logged out, or has another role or password by now, is not logged in any more.
    private static Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { } user || !context.HttpContext.RequestServices.GetRequiredService<AccountDesk>().IsCurrent(user))
            context.RejectPrincipal();
        return Task.CompletedTask;
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status, bool redirect)
    {
        if (redirect)
            context.Response.Redirect(context.RedirectUri);
        else
            context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static bool IsPage(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static DirectoryInfo KeyFolder(LoadedConfig config)
    {
        string path = Path.Combine(config.PathOf(config.Options.Http.StateFolder), "keys");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
