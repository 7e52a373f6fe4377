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

    /// <param name="client">The model, or a chain of them.</param>
    /// <param name="http">For lookups by HTTP.</param>
    /// <param name="knowledge">Null where the file has none.</param>
    /// <param name="fromServer">Tools of a configured server, by its name; asked once, with the first call.</param>
    public AgentDialogues(AgentDefinition agent, IChatClient client, HttpClient http, IKnowledge? knowledge, Func<string, IReadOnlyList<ITool>> fromServer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(agent);
        (_agent, _client, _time) = (agent, client, time);
        Dictionary<string, ILookup> lookups = agent.Lookups.ToDictionary(pair => pair.Key, pair => ScriptedDialogueFactory.LookupOf(pair.Value, http, time), StringComparer.Ordinal);
        _models = new Lazy<LanguageModelDialogueFactory>(() => new LanguageModelDialogueFactory(agent, client, ToolBox.For(agent, lookups, knowledge, fromServer), knowledge, time));
        _scripts = agent.Steps.Count == 0 ? null : new ScriptedDialogueFactory(agent, lookups, time);
    }

    /// <summary>The dialogue of one call.</summary>
    /// <param name="handed">What it takes over; null for a call that begins.</param>
    /// <param name="emotion">How the caller sounds now, in a word, or null. Any thread, at once.</param>
    public IDialogue Create(CallInfo call, Handed? handed = null, Func<string?>? emotion = null)
    {
        LanguageModelDialogue model = _models.Value.Create(call, handed, emotion);
        return _scripts is null ? model : new FallbackDialogue(model, () => _scripts.CreateScript(call, handed), _agent.Model!, _client, _time);
    }
}
