using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// Makes the dialogues of one agent with a model: the model with its tools, and behind it the script that the file may
/// have for when the model fails. Thread-safe.
/// </summary>
public sealed class AgentDialogues
{
    private readonly AgentDefinition _agent;
    private readonly IChatClient _client;
    private readonly TimeProvider _time;
    private readonly Lazy<LanguageModelDialogueFactory> _models;
    private readonly ScriptedDialogueFactory? _scripts;

    /// <param name="services">The model and the tools of servers; these are asked for once, with the first call.</param>
    /// <param name="http">For lookups by HTTP.</param>
    /// <param name="knowledge">Null where the file has none.</param>
    public AgentDialogues(AgentDefinition agent, ModelServices services, HttpClient http, IKnowledge? knowledge, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(services);
        (_agent, _client, _time) = (agent, services.Client, time);
        Dictionary<string, ILookup> lookups = agent.Lookups.ToDictionary(pair => pair.Key, pair => ScriptedDialogueFactory.LookupOf(pair.Value, http, time), StringComparer.Ordinal);
        _models = new Lazy<LanguageModelDialogueFactory>(() => new LanguageModelDialogueFactory(agent, services.Client, ToolBox.For(agent, lookups, knowledge, services.ToolsOf), knowledge, time));
        _scripts = agent.Steps.Count == 0 || !services.ScriptStandsIn ? null : new ScriptedDialogueFactory(agent, lookups, time);
    }

    /// <summary>The dialogue of one call.</summary>
    /// <param name="handed">What it takes over; null for a call that begins.</param>
    public IDialogue Create(CallInfo call, Handed? handed = null)
    {
        LanguageModelDialogue model = _models.Value.Create(call, handed);
        return _scripts is null ? model : new FallbackDialogue(model, () => _scripts.CreateScript(call, handed), _agent.Model!, _client, _time);
    }
}
