using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Server.Hosting;

/// <summary>The engines that the configuration asks for, and who looks after them. Owns the chains; the detector is the container's.</summary>
/// <param name="Engines">What a call needs.</param>
/// <param name="Model">Who thinks; null: the agents' scripts.</param>
/// <param name="Watch">Tries providers in the background, once it is started.</param>
internal sealed record EngineSet(CallEngines Engines, ChatChain? Model, ProviderWatch Watch) : IAsyncDisposable
{
    /// <summary>When all models fail, the agent's script goes on.</summary>
    public bool ScriptStandsIn { get; init; } = true;

    /// <summary>Members that could not be made, by name, and why.</summary>
    public IReadOnlyDictionary<string, string> Unusable { get; init; } = new Dictionary<string, string>();

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync().ConfigureAwait(false);
        await Engines.Recognizer.DisposeAsync().ConfigureAwait(false);
        await Engines.Synthesizer.DisposeAsync().ConfigureAwait(false);
        if (Model is not null)
            await Model.DisposeAsync().ConfigureAwait(false);
        Engines.Tone?.Classifier.Dispose();
    }
}
