using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Api;

/// <summary>Agents: list, validate their files, read them again while calls go on.</summary>
internal static class AgentEndpoints
{
    public static void MapAgents(this RouteGroupBuilder api)
    {
        RouteGroupBuilder agents = api.MapGroup("/agents").WithTags("Agents");
        agents.MapGet("", List).Needs(ApiScope.AgentsRead).Produces<ApiPage<AgentResource>>().WithSummary("The agents that answer, by name.");
        agents.MapPost("/validate", Validate).Needs(ApiScope.AgentsRead).Produces<ValidationAnswer>().WithSummary("Reads the agents' files as they are now, and changes nothing.");
        agents.MapPost("/reload", ReloadAsync).Needs(ApiScope.AgentsWrite).Produces<ApiPage<AgentResource>>()
            .WithSummary("Takes the agents' files as they are now for the calls to come; those that run keep theirs. 422 with all mistakes, and nothing changes, when there are any.");
    }

    private static IResult List(string? cursor, int? limit, AgentDirectory agents) =>
        ApiCursor.Read(cursor, limit, out string? after) is { } problem ? problem : TypedResults.Ok(Page(agents, after, limit));

    private static ApiPage<AgentResource> Page(AgentDirectory agents, string? after, int? limit) =>
        ApiCursor.Cut(agents.All.OrderBy(agent => agent.Name, StringComparer.Ordinal).Select(agent => AgentResource.Of(agent, agents)), agent => agent.Name, after, limit);

    private static Ok<ValidationAnswer> Validate(ApiBody<EmptyBody> body, AgentReloader reloader)
    {
        IReadOnlyList<ConfigProblem> problems = reloader.Validate();
        return TypedResults.Ok(new ValidationAnswer(problems.Count == 0, [.. problems.Select(MistakeOf)]));
    }

    private static async Task<IResult> ReloadAsync(ApiBody<EmptyBody> body, ClaimsPrincipal user, AgentReloader reloader, AgentDirectory agents, CancellationToken cancellationToken)
    {
        IReadOnlyList<ConfigProblem> problems = await reloader.ReloadAsync(user.Identity!.Name!, cancellationToken).ConfigureAwait(false);
        return problems.Count == 0
            ? TypedResults.Ok(Page(agents, null, ApiCursor.MaxLimit))
            : ApiProblem.Unprocessable("The agents' files have mistakes; the agents stay as they were. Mend the files and send it again.",
                [.. problems.Select(MistakeOf).Select(mistake => new ApiProblemItem($"{mistake.File}:{mistake.Line}{(mistake.Key.Length > 0 ? $" {mistake.Key}" : "")}", mistake.Message))]);
    }

    private static AgentMistake MistakeOf(ConfigProblem problem) => new(Path.GetFileName(problem.File), problem.Line, problem.Column, problem.Key, problem.Message);
}

/// <param name="Language">BCP 47; null for one that does not talk.</param>
/// <param name="HasModel">A language model speaks; otherwise the script does.</param>
internal sealed record AgentResource(string Name, bool IsDefault, string? Language, bool HasModel)
{
    public static AgentResource Of(Agent agent, AgentDirectory all) => agent is ScriptedAgent scripted
        ? new AgentResource(agent.Name, agent == all.Default, scripted.Definition.Language, scripted.Definition.Model is not null)
        : new AgentResource(agent.Name, agent == all.Default, null, false);
}

internal sealed record ValidationAnswer(bool Valid, IReadOnlyList<AgentMistake> Mistakes);

/// <param name="Line">From 1; 0: the file as a whole.</param>
internal sealed record AgentMistake(string File, int Line, int Column, string Key, string Message);
