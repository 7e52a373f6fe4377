using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using PhoneAgent.Server.Api;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// What an endpoint or a page asks for: <c>[Authorize(Policy = Policies.Supervise)]</c>, <c>.RequireAuthorization(Policies.View)</c>.
/// Without any it asks for <see cref="View"/>.
/// </summary>
internal static class Policies
{
    /// <summary>Viewers and above; keys with the scope Read.</summary>
    public const string View = "view";

    /// <summary>Supervisors and above; keys with the scope Act.</summary>
    public const string Supervise = "supervise";

    /// <summary>Administrators; keys with the scope Admin.</summary>
    public const string Administer = "administer";

    /// <summary>Whoever may talk to an agent: every user; keys with the scope Talk.</summary>
    public const string Talk = "talk";

    private const string Fallback = "fallback";

    /// <summary>Claim of an <see cref="ApiScope"/>.</summary>
    public const string ScopeClaim = "phoneagent:scope";

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(View, policy => policy.RequireAssertion(context => Allows(context.User, Role.Viewer, ApiScope.Read)));
        options.AddPolicy(Supervise, policy => policy.RequireAssertion(context => Allows(context.User, Role.Supervisor, ApiScope.Act)));
        options.AddPolicy(Administer, policy => policy.RequireAssertion(context => Allows(context.User, Role.Administrator, ApiScope.Admin)));
        options.AddPolicy(Talk, policy => policy.RequireAssertion(context => Allows(context.User, Role.Viewer, ApiScope.Talk)));
        // A policy of /api/v1 has the name of its scope.
        foreach ((ApiScope scope, Role role, ApiScope wider) in ApiScopes.Fine)
            options.AddPolicy(scope.Name(), policy => policy.RequireAssertion(context => Allows(context.User, role, scope) || Allows(context.User, role, wider)));
        options.DefaultPolicy = options.GetPolicy(View)!;
        // Where the framework refuses a method or a content type in place of an endpoint, whoever has a key may hear it.
        options.AddPolicy(Fallback, policy => policy.RequireAssertion(context => Allows(context.User, Role.Viewer, ApiScope.Read)
            || (context.User.Identity?.IsAuthenticated == true && context.Resource is HttpContext http && ApiPaths.Is(http.Request.Path))));
        options.FallbackPolicy = options.GetPolicy(Fallback);
    }

    /// <summary>True for a user of at least this role.</summary>
    public static bool Is(this ClaimsPrincipal user, Role role) =>
        Enum.TryParse(user.FindFirstValue(ClaimTypes.Role), out Role has) && has >= role;

    private static bool Allows(ClaimsPrincipal user, Role role, ApiScope scope) =>
        user.Is(role) || user.HasClaim(ScopeClaim, nameof(ApiScope.Admin)) || user.HasClaim(ScopeClaim, scope.ToString());
}
