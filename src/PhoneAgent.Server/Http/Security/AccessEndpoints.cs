using Microsoft.AspNetCore.Mvc;

namespace PhoneAgent.Server.Http.Security;

/// <summary>What the forms of the page <c>/access</c> post: users and keys. The framework checks their tokens.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder access = routes.MapGroup("/access").RequireAuthorization(Policies.Administer);
        access.MapPost("/users", ([FromForm] string? name, [FromForm] string? password, [FromForm] Role role, AccountDesk accounts) =>
            Back(accounts.IsOpen ? "Set a password of your own first." : accounts.AddUser(name ?? "", role, password ?? "")));
        access.MapPost("/users/role", ([FromForm] string? name, [FromForm] Role role, AccountDesk accounts) => Back(accounts.SetRole(name ?? "", role)));
        access.MapPost("/users/password", ([FromForm] string? name, [FromForm] string? password, AccountDesk accounts) => Back(accounts.SetPassword(name ?? "", password ?? "")));
        access.MapPost("/users/remove", ([FromForm] string? name, AccountDesk accounts) => Back(accounts.RemoveUser(name ?? "")));
        access.MapPost("/keys/remove", ([FromForm] string? id, AccountDesk accounts) => Back(accounts.RemoveKey(id ?? "") ? null : "There is no such key."));
    }

    private static IResult Back(string? problem) =>
        Results.Redirect(problem is null ? "/access?done=true" : $"/access?problem={Uri.EscapeDataString(problem)}");
}
