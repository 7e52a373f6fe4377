using System.Text.Json.Serialization;

namespace PhoneAgent.Server.Http.Security;

/// <summary>What an API key may do; independent of each other. Those with a colon are of <c>/api/v1</c>.</summary>
public enum ApiScope
{
    /// <summary>Reads calls, records, campaigns and how the server is.</summary>
    Read,
    /// <summary>Acts in calls, places them.</summary>
    Act,
    /// <summary>Talks to an agent over a socket.</summary>
    Talk,
    /// <summary>Everything that an administrator may.</summary>
    Admin,
    [JsonStringEnumMemberName("calls:read")]
    CallsRead,
    [JsonStringEnumMemberName("calls:write")]
    CallsWrite,
    [JsonStringEnumMemberName("history:read")]
    HistoryRead,
    [JsonStringEnumMemberName("history:delete")]
    HistoryDelete,
    [JsonStringEnumMemberName("agents:read")]
    AgentsRead,
    [JsonStringEnumMemberName("agents:write")]
    AgentsWrite,
    [JsonStringEnumMemberName("campaigns:read")]
    CampaignsRead,
    [JsonStringEnumMemberName("campaigns:write")]
    CampaignsWrite,
    [JsonStringEnumMemberName("dnc:read")]
    DoNotCallRead,
    [JsonStringEnumMemberName("dnc:write")]
    DoNotCallWrite,
}

/// <summary>Scopes in words, and what else includes them.</summary>
internal static class ApiScopes
{
    /// <summary>Each scope of <c>/api/v1</c> with the role of a user, and the older scope, that include it.</summary>
    public static readonly IReadOnlyList<(ApiScope Scope, Role Role, ApiScope Wider)> Fine =
    [
        (ApiScope.CallsRead, Role.Viewer, ApiScope.Read),
        (ApiScope.CallsWrite, Role.Supervisor, ApiScope.Act),
        (ApiScope.HistoryRead, Role.Viewer, ApiScope.Read),
        (ApiScope.HistoryDelete, Role.Administrator, ApiScope.Admin),
        (ApiScope.AgentsRead, Role.Viewer, ApiScope.Read),
        (ApiScope.AgentsWrite, Role.Administrator, ApiScope.Admin),
        (ApiScope.CampaignsRead, Role.Viewer, ApiScope.Read),
        (ApiScope.CampaignsWrite, Role.Supervisor, ApiScope.Admin),
        (ApiScope.DoNotCallRead, Role.Viewer, ApiScope.Read),
        (ApiScope.DoNotCallWrite, Role.Supervisor, ApiScope.Act),
    ];

    private static readonly Dictionary<ApiScope, (Role Role, ApiScope Wider)> Holders = new(Fine.Select(one => KeyValuePair.Create(one.Scope, (one.Role, one.Wider))))
    {
        [ApiScope.Read] = (Role.Viewer, ApiScope.Read),
        [ApiScope.Act] = (Role.Supervisor, ApiScope.Act),
        [ApiScope.Talk] = (Role.Viewer, ApiScope.Talk),
        [ApiScope.Admin] = (Role.Administrator, ApiScope.Admin),
    };

    private static readonly Dictionary<string, ApiScope> ByName = Enum.GetValues<ApiScope>().ToDictionary(Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The role of a user, and the wider scope of a key, that include a scope.</summary>
    public static (Role Role, ApiScope Wider) WhoHas(ApiScope scope) => Holders[scope];

    public static IEnumerable<string> Names => ByName.Keys;

    public static string Name(this ApiScope scope) =>
        typeof(ApiScope).GetField(scope.ToString())!.GetCustomAttributes(typeof(JsonStringEnumMemberNameAttribute), false) is [JsonStringEnumMemberNameAttribute name]
            ? name.Name
            : scope.ToString().ToLowerInvariant();

    public static bool TryParse(string text, out ApiScope scope) => ByName.TryGetValue(text, out scope);
}
