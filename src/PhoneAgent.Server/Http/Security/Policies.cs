using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// Who may do what, said once. Pages, their streams and their buttons are for people who logged in: <see cref="View"/>,
/// <see cref="Supervise"/>, <see cref="Administer"/>; no key opens them. What programs use asks for an <see cref="ApiScope"/>:
/// <see cref="Needs"/>. People pass it by their role, keys by that scope or one that includes it.
/// </summary>
internal static class Policies
{
    /// <summary>Every user.</summary>
    public const string View = "view";

    /// <summary>Supervisors and above.</summary>
    public const string Supervise = "supervise";

    /// <summary>Administrators.</summary>
    public const string Administer = "administer";

    private const string Fallback = "fallback";

    /// <summary>Claim of an <see cref="ApiScope"/>.</summary>
    public const string ScopeClaim = "phoneagent:scope";

    public static void Add(AuthorizationOptions options)
    {
        foreach ((string name, Role role) in new[] { (View, Role.Viewer), (Supervise, Role.Supervisor), (Administer, Role.Administrator) })
            options.AddPolicy(name, policy => policy.RequireAssertion(context => context.User.Is(role)));
        foreach (ApiScope scope in Enum.GetValues<ApiScope>())
            options.AddPolicy(scope.Name(), policy => policy.RequireAssertion(context => context.User.May(scope)));
        options.DefaultPolicy = options.GetPolicy(View)!;
        // Where the framework refuses a method or a content type in place of an endpoint, whoever has a key may hear it.
        options.AddPolicy(Fallback, policy => policy.RequireAssertion(context => context.User.Is(Role.Viewer)
            || (context.User.Identity?.IsAuthenticated == true && context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)));
        options.FallbackPolicy = options.GetPolicy(Fallback);
    }

    /// <summary>For what programs use: all of these scopes are needed.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, params ApiScope[] scopes) where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization([.. scopes.Select(ApiScopes.Name)]).WithMetadata(new NeededScopes(scopes));

    /// <summary>True for a user of at least this role; never for a key.</summary>
    public static bool Is(this ClaimsPrincipal user, Role role) =>
        Enum.TryParse(user.FindFirstValue(ClaimTypes.Role), out Role has) && has >= role;

    /// <summary>True for a user of the scope's role, and for a key with the scope or one that includes it.</summary>
    public static bool May(this ClaimsPrincipal user, ApiScope scope)
    {
        (Role role, ApiScope wider) = ApiScopes.WhoHas(scope);
        return user.Is(role) || Has(scope) || Has(wider) || Has(ApiScope.Admin);

        bool Has(ApiScope one) => user.HasClaim(ScopeClaim, one.ToString());
    }

    /// <summary>
    /// Whether numbers, words and voices are told to somebody as they are: to who may act in calls, for he hears them anyway. Others
    /// get them redacted; a recording cannot be redacted, so they get none.
    /// </summary>
    public static bool MayKnow(this ClaimsPrincipal user) => user.May(ToKnow);

    /// <summary>What <see cref="MayKnow"/> asks for.</summary>
    public const ApiScope ToKnow = ApiScope.CallsWrite;
}

/// <summary>What a key must be allowed for an endpoint: all of these.</summary>
internal sealed record NeededScopes(IReadOnlyList<ApiScope> Scopes)
{
    /// <summary>For a person who asks what is missing.</summary>
    public string Names => string.Join(" and ", Scopes.Select(ApiScopes.Name));
}
