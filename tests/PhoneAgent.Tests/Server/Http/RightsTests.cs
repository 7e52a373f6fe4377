using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Tests.Server.Api;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>
/// Who may do what: every address that the server has, with every scope and every role. An address that is not in the table fails,
/// and so does one that lets in somebody else than the table says.
/// </summary>
public sealed class RightsTests
{
    private static readonly ApiScope[] AllScopes = Enum.GetValues<ApiScope>();

    /// <param name="Least">The least role of a person who may; null: nobody needs to log in.</param>
    /// <param name="Keys">Scopes each of which is enough alone, besides Admin.</param>
    private sealed record Right(Role? Least, bool ForKeys, params ApiScope[] Keys);

    private static readonly Right Anybody = new(null, true, AllScopes);
    private static readonly Right Viewers = new(Role.Viewer, false), Supervisors = new(Role.Supervisor, false), Administrators = new(Role.Administrator, false);
    private static readonly Right CallsRead = new(Role.Viewer, true, ApiScope.CallsRead, ApiScope.Read), CallsWrite = new(Role.Supervisor, true, ApiScope.CallsWrite, ApiScope.Act);
    private static readonly Right HistoryRead = new(Role.Viewer, true, ApiScope.HistoryRead, ApiScope.Read), HistoryDelete = new(Role.Administrator, true, ApiScope.HistoryDelete);
    private static readonly Right AgentsRead = new(Role.Viewer, true, ApiScope.AgentsRead, ApiScope.Read), AgentsWrite = new(Role.Administrator, true, ApiScope.AgentsWrite);
    private static readonly Right CampaignsRead = new(Role.Viewer, true, ApiScope.CampaignsRead, ApiScope.Read), CampaignsWrite = new(Role.Supervisor, true, ApiScope.CampaignsWrite);
    private static readonly Right DoNotCallRead = new(Role.Viewer, true, ApiScope.DoNotCallRead, ApiScope.Read), DoNotCallWrite = new(Role.Supervisor, true, ApiScope.DoNotCallWrite, ApiScope.Act);
    private static readonly Right Act = new(Role.Supervisor, true, ApiScope.Act), Read = new(Role.Viewer, true, ApiScope.Read), Talk = new(Role.Viewer, true, ApiScope.Talk);

    /// <summary>No single scope is enough: it takes history:read and calls:write.</summary>
    private static readonly Right Recordings = new(Role.Supervisor, true);

    private static readonly (Right Right, string[] Addresses)[] Table =
    [
        (Anybody, ["/login", "GET /health", "GET /health/live", "GET /health/ready", "GET /assets/{**path}", "GET /favicon.ico", "POST /login", "POST /logout", "GET /briefs/{token}", "GET /api/v1/openapi.json", BrowserVoiceEndpoints.SocketPath, BrowserVoiceEndpoints.StreamPath]),
        (Viewers, ["/", "/calls/{Id}", "/history", "/history/{Id}", "/system", "/campaigns", "/account", "/talk", "GET /_framework/opaque-redirect", "POST /account/password", "GET /live/calls", "GET /live/calls/{id}", "GET /live/campaigns", "GET /live/system"]),
        (Supervisors, ["/campaigns/{Id}", "POST /campaigns/{id}/start", "POST /campaigns/{id}/pause", "POST /campaigns/{id}/resume", "POST /campaigns/{id}/stop", "POST /campaigns/{id}/definition", "GET /campaigns/{id}/report.csv", "GET /campaigns/{id}/report.json"]),
        (Administrators, ["/setup", "/access", "POST /setup", "POST /access/users", "POST /access/users/role", "POST /access/users/password", "POST /access/users/remove", "POST /access/keys/remove"]),
        (Act, ["POST /api/live/{call}/whisper", "POST /api/live/{call}/say", "POST /api/live/{call}/mark", "POST /api/live/{call}/transfer", "POST /api/live/{call}/take-over", "POST /api/live/{call}/hand-back", "POST /api/live/{call}/hold", "POST /api/live/{call}/resume", "POST /api/live/{call}/hang-up", "GET /ws/listen/{call}"]),
        (Read, ["GET /api/health"]),
        (Talk, [$"POST {BrowserVoiceEndpoints.TokenPath}"]),
        (HistoryRead, ["GET /api/history", "GET /api/history/export.{format}", "GET /api/history/{call}", "GET /api/history/{call}/timeline", "GET /api/v1/history", "GET /api/v1/history/export", "GET /api/v1/history/{call}", "GET /api/v1/history/{call}/timeline"]),
        (Recordings, ["GET /api/history/{call}/recording", "GET /api/v1/history/{call}/recording"]),
        (HistoryDelete, ["POST /api/history/caller/count", "POST /api/history/caller/delete", "POST /api/v1/history/forget"]),
        (CallsRead, ["GET /api/v1/calls", "GET /api/v1/calls/{call}", "GET /api/v1/calls/{call}/events", "GET /api/v1/events"]),
        (CallsWrite, ["POST /api/v1/calls", "POST /api/v1/calls/{call}/hang-up", "POST /api/v1/calls/{call}/speak", "POST /api/v1/calls/{call}/transfer"]),
        (AgentsRead, ["GET /api/v1/agents", "POST /api/v1/agents/validate"]),
        (AgentsWrite, ["POST /api/v1/agents/reload"]),
        (CampaignsRead, ["GET /api/v1/campaigns", "GET /api/v1/campaigns/{campaign}", "GET /api/v1/campaigns/{campaign}/definition"]),
        (CampaignsWrite, ["POST /api/v1/campaigns", "PUT /api/v1/campaigns/{campaign}/definition", "POST /api/v1/campaigns/{campaign}/contacts", "POST /api/v1/campaigns/{campaign}/start", "POST /api/v1/campaigns/{campaign}/pause", "POST /api/v1/campaigns/{campaign}/resume", "POST /api/v1/campaigns/{campaign}/stop", "GET /api/v1/campaigns/{campaign}/report"]),
        (DoNotCallRead, ["GET /api/v1/do-not-call", "GET /api/v1/do-not-call/{list}"]),
        (DoNotCallWrite, ["POST /api/v1/do-not-call/{list}/add", "POST /api/v1/do-not-call/{list}/remove"]),
    ];

    [Fact]
    public async Task Every_address_lets_in_those_of_the_table_and_nobody_else()
    {
        await using HttpRig rig = await HttpRig.StartAsync(also: services => services.AddSingleton(new MediaClock(NullLogger.Instance)).AddSingleton(WakeWords.None("a test")).AddBrowserVoice(new BrowserVoiceOptions()));
        var table = Table.SelectMany(row => row.Addresses.Select(address => (address, row.Right))).ToDictionary(row => row.address, row => row.Right);
        var wrong = new List<string>();
        var seen = new HashSet<string>();
        foreach (RouteEndpoint endpoint in rig.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            string address = AddressOf(endpoint);
            if (!seen.Add(address))
                continue;
            if (!table.TryGetValue(address, out Right? right))
                wrong.Add($"{address}: not in the table");
            else
                foreach ((string who, ClaimsPrincipal user, bool expected) in Visitors(right))
                    if (await MayAsync(rig.Services, endpoint, user) != expected)
                        wrong.Add($"{address}: {who} {(expected ? "is refused" : "is let in")}");
        }
        wrong.AddRange(table.Keys.Except(seen).Select(address => $"{address}: only in the table"));
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task No_key_alone_starts_edits_or_reports_a_campaign_by_the_pages_addresses()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key([.. AllScopes.Except([ApiScope.CampaignsWrite, ApiScope.Admin])]);
        foreach (string prefix in (string[])["/campaigns", "/api/v1/campaigns"])
        {
            Assert.Equal(403, (await rig.AskAsync("POST", $"{prefix}/spring/start", new { }, key)).Status);
            Assert.Equal(403, (await rig.AskAsync(prefix == "/campaigns" ? "POST" : "PUT", $"{prefix}/spring/definition", new { definition = "agent: echo" }, key)).Status);
        }
        Assert.Equal(403, (await rig.AskAsync("GET", "/campaigns/spring/report.csv", key: key)).Status);
        Assert.Equal(403, (await rig.AskAsync("GET", "/api/v1/campaigns/spring/report", key: key)).Status);
        // A page is for people, whatever the key; what programs use is beside it.
        Assert.Equal(403, (await rig.AskAsync("POST", "/campaigns/spring/start", new { }, rig.Key(ApiScope.Admin))).Status);
        Assert.Equal(404, (await rig.AskAsync("POST", "/api/v1/campaigns/spring/start", new { }, rig.Key(ApiScope.CampaignsWrite))).Status);
    }

    [Fact]
    public async Task An_address_that_says_nothing_is_for_people()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        var forgotten = new RouteEndpoint(_ => Task.CompletedTask, Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/new"), 0, null, null);
        foreach ((string who, ClaimsPrincipal user, bool expected) in Visitors(Viewers))
            Assert.True(await MayAsync(rig.Services, forgotten, user) == expected, who);
    }

    /// <summary>Pages take GET and POST: they have no method here.</summary>
    private static string AddressOf(RouteEndpoint endpoint)
    {
        string path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        return endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is [var only] ? $"{only} {path}" : path;
    }

    private static IEnumerable<(string Who, ClaimsPrincipal User, bool May)> Visitors(Right right)
    {
        yield return ("nobody", new ClaimsPrincipal(new ClaimsIdentity()), right.Least is null);
        foreach (Role role in Enum.GetValues<Role>())
            yield return ($"a {role}", User(new Claim(ClaimTypes.Role, role.ToString())), right.Least is null || role >= right.Least);
        foreach (ApiScope scope in AllScopes)
            yield return ($"a key for {scope.Name()}", User(new Claim(Policies.ScopeClaim, scope.ToString())), right.Keys.Contains(scope) || (right.ForKeys && scope == ApiScope.Admin));
    }

    private static ClaimsPrincipal User(Claim claim) => new(new ClaimsIdentity([claim], "test"));

    private static async Task<bool> MayAsync(IServiceProvider services, RouteEndpoint endpoint, ClaimsPrincipal user)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return true;
        var policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        AuthorizationPolicy? policy = await AuthorizationPolicy.CombineAsync(policies, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>());
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext { User = user };
        Microsoft.AspNetCore.Http.EndpointHttpContextExtensions.SetEndpoint(context, endpoint);
        return (await services.GetRequiredService<IAuthorizationService>().AuthorizeAsync(user, context, policy ?? (await policies.GetFallbackPolicyAsync())!)).Succeeded;
    }
}
