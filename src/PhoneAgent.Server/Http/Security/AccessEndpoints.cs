using Microsoft.AspNetCore.Mvc;

namespace PhoneAgent.Server.Http.Security;

/// <summary>What the forms of the page <c>/access</c> post: users and keys. The framework checks their tokens.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder access = routes.MapGroup("/access").RequireAuthorization(Policies.Administer);
        access.MapPost("/users", async ([FromForm] string? name, [FromForm] string? password, [FromForm] Role role, AccountDesk accounts, CancellationToken token) =>
            Back(accounts.IsOpen ? "Set a password of your own first." : await accounts.AddUserAsync(name ?? "", role, password ?? "", token).ConfigureAwait(false)));
        access.MapPost("/users/role", async ([FromForm] string? name, [FromForm] Role role, AccountDesk accounts, CancellationToken token) =>
            Back(await accounts.SetRoleAsync(name ?? "", role, token).ConfigureAwait(false)));
        access.MapPost("/users/password", async ([FromForm] string? name, [FromForm] string? password, AccountDesk accounts, CancellationToken token) =>
            Back(await accounts.SetPasswordAsync(name ?? "", password ?? "", token).ConfigureAwait(false)));
        access.MapPost("/users/remove", async ([FromForm] string? name, AccountDesk accounts, CancellationToken token) =>
            Back(await accounts.RemoveUserAsync(name ?? "", token).ConfigureAwait(false)));
        access.MapPost("/keys/remove", async ([FromForm] string? id, AccountDesk accounts, CancellationToken token) =>
            Back(await accounts.RemoveKeyAsync(id ?? "", token).ConfigureAwait(false) ? null : "There is no such key."));
    }

    private static IResult Back(string? problem) =>
        Results.Redirect(problem is null ? "/access?done=true" : $"/access?problem={Uri.EscapeDataString(problem)}");
}
