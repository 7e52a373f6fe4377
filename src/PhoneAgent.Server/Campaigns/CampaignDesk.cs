using System.Security.Cryptography;
using System.Text;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Campaigns;

/// <summary>
/// What people do with campaigns, at a terminal or on a page. Everything goes through the database, so it works beside servers that
/// run; they notice within <c>campaigns.poll</c>. Thread-safe.
/// </summary>
internal sealed class CampaignDesk(ICampaignStore store, LoadedConfig config, TimeProvider time)
{
    private const int LongestId = 64;

    /// <summary>What each word does: from which states, to which.</summary>
    private static readonly Dictionary<CampaignAction, (CampaignState[] From, CampaignState To)> s_actions = new()
    {
        [CampaignAction.Start] = ([CampaignState.Draft], CampaignState.Running),
        [CampaignAction.Pause] = ([CampaignState.Running], CampaignState.Paused),
        [CampaignAction.Resume] = ([CampaignState.Paused], CampaignState.Running),
        [CampaignAction.Stop] = ([CampaignState.Draft, CampaignState.Running, CampaignState.Paused], CampaignState.Stopped),
    };

    /// <summary>The words that fit a campaign in this state.</summary>
    public static IEnumerable<CampaignAction> ActionsFor(CampaignState state) => s_actions.Where(action => action.Value.From.Contains(state)).Select(action => action.Key);

    /// <summary>Keeps a new campaign.</summary>
    /// <param name="file">Its definition.</param>
    /// <param name="problems">All that is wrong with the definition.</param>
    /// <returns>Null when it is kept, else what to do.</returns>
    public async Task<string?> CreateAsync(string id, string definition, string file, List<ConfigProblem> problems, CancellationToken cancellationToken)
    {
        if (id.Length is 0 or > LongestId || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return $"'{id}' is no name for a campaign; use up to {LongestId} letters, digits, '-' and '_'.";
        if (Check(id, definition, file, problems, out string? refusal) is not { } plan)
            return refusal;
        var campaign = new Campaign { Id = id, Agent = plan.Agent, Definition = definition, DoNotCallLists = plan.DoNotCallLists, CreatedAt = time.GetUtcNow() };
        return await store.CreateAsync(campaign, cancellationToken).ConfigureAwait(false) ? null : $"There is a campaign '{id}' already; choose another name.";
    }

    /// <summary>What <see cref="EditAsync"/> says when another change was quicker.</summary>
    public const string Changed = "Somebody else changed the campaign meanwhile. Look at it again, then change it.";

    /// <summary>
    /// Gives a campaign that has not ended another definition. Servers follow within <c>campaigns.poll</c>: calls that run go on as
    /// they began, and when they are over others begin by the new one.
    /// </summary>
    /// <param name="version"><see cref="VersionOf"/> what was changed, so that nobody's change is lost; null: whatever is there.</param>
    /// <inheritdoc cref="CreateAsync"/>
    public async Task<string?> EditAsync(string id, string definition, string? version, string file, List<ConfigProblem> problems, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } status)
            return $"There is no campaign '{id}'.";
        if (status.State is CampaignState.Stopped or CampaignState.Completed)
            return $"'{id}' is {ConfigValue.EnumText(status.State.ToString())} and is not changed any more: create another one.";
        if (version is not null && version != VersionOf(status.Campaign.Definition))
            return Changed;
        if (Check(id, definition, file, problems, out string? refusal) is not { } plan)
            return refusal;
        Campaign campaign = status.Campaign with { Agent = plan.Agent, Definition = definition, DoNotCallLists = plan.DoNotCallLists };
        return await store.RedefineAsync(campaign, status.Campaign.Definition, cancellationToken).ConfigureAwait(false) ? null : Changed;
    }

    /// <summary>Tells one text of a definition from another.</summary>
    public static string VersionOf(string definition) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(definition)));

    /// <returns>Null when it is done, else what stands against it.</returns>
    public async Task<string?> ActAsync(string id, CampaignAction action, CancellationToken cancellationToken)
    {
        (CampaignState[] from, CampaignState to) = s_actions[action];
        if (await store.SetStateAsync(id, from, to, cancellationToken).ConfigureAwait(false))
            return null;
        if (await store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } status)
            return $"There is no campaign '{id}'.";
        string word = ConfigValue.EnumText(action.ToString());
        string can = string.Join(", ", ActionsFor(status.State).Select(one => ConfigValue.EnumText(one.ToString())));
        return $"'{id}' is {ConfigValue.EnumText(status.State.ToString())} and cannot {word}. {(can.Length == 0 ? "Its end is final: create another one." : $"It can: {can}.")}";
    }

    /// <summary>Reads a campaign's plan; null and the reasons when it cannot be read any more.</summary>
    public CampaignPlan? PlanOf(Campaign campaign, out IReadOnlyList<ConfigProblem> problems)
    {
        CampaignPlan.TryParse(campaign.Definition, FileOf(campaign.Id), out CampaignPlan? plan, out problems);
        return plan;
    }

    /// <summary>Where a kept definition counts as lying: files that it names are beside it.</summary>
    public string FileOf(string id) => Path.Combine(config.PathOf(config.Options.Campaigns.Folder), $"{id}.yaml");

    /// <summary>All that can be wrong with a definition on these servers.</summary>
    private CampaignPlan? Check(string id, string definition, string file, List<ConfigProblem> problems, out string? refusal)
    {
        refusal = "Nothing was changed.";
        if (!CampaignPlan.TryParse(definition, file, out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> found))
        {
            problems.AddRange(found);
            return null;
        }
        // Servers know the text only, not the folder that it came from.
        if (!CampaignPlan.TryParse(definition, FileOf(id), out _, out found))
        {
            problems.AddRange(found);
            refusal = $"Nothing was changed: files that a campaign names are read by servers from {Path.GetDirectoryName(FileOf(id))} (campaigns.folder). Copy them there.";
            return null;
        }
        refusal = AgentProblem(plan.Agent);
        if (refusal is null && plan.Trunk is { } trunk && config.Options.Sip.Accounts.All(account => account.Label != trunk))
            refusal = $"There is no SIP account '{trunk}' (trunk). Accounts here: {string.Join(", ", config.Options.Sip.Accounts.Select(account => account.Label))}.";
        return refusal is null ? plan : null;
    }

    private string? AgentProblem(string agent)
    {
        AgentsOptions agents = config.Options.Agents;
        if (agent == agents.Default || agents.Routes.Any(route => route.Agent == agent) || config.Options.Campaigns.Agents.Contains(agent))
            return null;
        return $"The agent '{agent}' is not loaded by servers. Add it to campaigns.agents in phoneagent.yaml and restart them.";
    }
}

internal enum CampaignAction
{
    Start,
    Pause,
    Resume,

    /// <summary>For good.</summary>
    Stop,
}
