using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Server.Hosting;

/// <summary>Makes the dialogues of all agents of the configuration, so that they can hand calls to each other. Filled once, then thread-safe.</summary>
internal sealed class AgentCast(HttpClient client, TimeProvider time)
{
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Name, ModelServices Model), AgentDialogues> _withModel = new();

    private sealed record Member(AgentDefinition Agent, string? Voice, IKnowledge? Knowledge, ScriptedDialogueFactory? Script);

    /// <param name="name">What other agents and routes call it.</param>
    /// <param name="voice">The voice it speaks with.</param>
    public void Add(string name, AgentDefinition agent, string? voice, IKnowledge? knowledge) =>
        _members[name] = new Member(agent, voice, knowledge, agent.Steps.Count == 0 ? null : new ScriptedDialogueFactory(agent, client, time));

    /// <summary>The dialogue of a call that an agent answers, with all agents that he may hand it to.</summary>
    /// <param name="model">Null where there is none: scripts answer.</param>
    public IDialogue Open(string name, CallInfo call, ModelServices? model)
    {
        if (!TargetsOf(_members[name].Agent).Any())
            return Create(name, call, null, model);
        Dictionary<string, TeamMember> team = _members.ToDictionary(
            pair => pair.Key, pair => new TeamMember(pair.Value.Agent, pair.Value.Voice, (info, handed) => Create(pair.Key, info, handed, model)), StringComparer.Ordinal);
        return new AgentTeam(team, name, call);
    }

    /// <summary>The agents that an agent's tools and steps hand calls to, and where that stands.</summary>
    public static IEnumerable<(string Agent, string Key)> TargetsOf(AgentDefinition agent) =>
        agent.Tools.OfType<ToolDefinition.HandOverTo>().SelectMany(tool => tool.Agents.Keys.Select(target => (target, $"tools.{tool.Name}.agents.{target}")))
            .Concat(agent.Steps.Values.Where(step => step.End is StepEnd.HandOver).Select(step => (((StepEnd.HandOver)step.End).Agent, $"steps.{step.Name}.hand_over")));

    private IDialogue Create(string name, CallInfo call, Handed? handed, ModelServices? model)
    {
        Member member = _members[name];
        if (member.Script is not null && (member.Agent.Model is null || model is null))
            return member.Script.Create(call, handed);
        // Without a model and without a script every turn fails, which the session mends: a human, or an apology.
        ModelServices services = model ?? Nobody.Services;
        return _withModel.GetOrAdd((name, services), _ => new AgentDialogues(member.Agent, services, client, member.Knowledge, time)).Create(call, handed);
    }

    /// <summary>The model of an agent that needs one where none is configured.</summary>
    private sealed class Nobody : IChatClient
    {
        public static readonly ModelServices Services = new(new Nobody(), _ => []);

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw Missing();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw Missing();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private static EngineException Missing() => new("no language model is configured; name one under engines.llm");
    }
}
