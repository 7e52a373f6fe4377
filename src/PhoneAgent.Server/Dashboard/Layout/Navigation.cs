using System.Security.Claims;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Dashboard.Layout;

/// <summary>The main navigation: each area adds its line.</summary>
internal static class Navigation
{
    private static readonly NavigationItem[] Items =
    [
        new("/", "Live", Role.Viewer),
        new("/history", "History", Role.Viewer),
        new("/campaigns", "Campaigns", Role.Viewer),
        new("/system", "System", Role.Viewer),
        new("/talk", "Talk", Role.Viewer),
        new("/access", "Access", Role.Administrator),
    ];

    public static IEnumerable<NavigationItem> For(ClaimsPrincipal user) => Items.Where(item => user.Is(item.Role));
}

/// <param name="Role">Who sees it. The page itself asks for its own policy.</param>
internal sealed record NavigationItem(string Href, string Text, Role Role)
{
    public bool IsAt(PathString path) => Href == "/"
        ? path == "/" || path.StartsWithSegments("/calls", StringComparison.Ordinal)
        : path.StartsWithSegments(Href, StringComparison.Ordinal);
}
