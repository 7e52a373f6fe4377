using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.SpeechCache;

namespace PhoneAgent.Server.Hosting;

/// <summary>What agents say in every call, made before the first one: <c>engines.tts_cache</c>.</summary>
internal static class FixedSpeech
{
    /// <summary>The members that keep what they said.</summary>
    public static IEnumerable<ChainMember<ISpeechSynthesizer>> KeptBy(ISpeechSynthesizer voice) =>
        voice is SynthesizerChain chain ? chain.Members.Where(member => member.Engine is CachedSynthesizer) : [];

    /// <summary>
    /// From here on a member keeps the agent's fixed texts. One on this machine makes them now; a service, which is paid by the
    /// word, makes what is really said when it is said first.
    /// </summary>
    /// <exception cref="EngineException">The voice failed; what was made stays.</exception>
    public static async Task PrepareAsync(ChainMember<ISpeechSynthesizer> member, ScriptedAgent agent, CancellationToken cancellationToken)
    {
        var cached = (CachedSynthesizer)member.Engine;
        List<SynthesisRequest> requests = [.. RequestsOf(agent, cached.Voices)];
        cached.Permit(requests.Select(request => request.Text));
        if (member.IsLocal && member.Circuit.IsHealthy)
            await cached.WarmAsync(requests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As calls will ask for them.</summary>
    internal static IEnumerable<SynthesisRequest> RequestsOf(ScriptedAgent agent, IReadOnlyList<VoiceInfo> voices)
    {
        SpeakerOptions manner = agent.Session.Speaker;
        string? voice = voices.Any(v => v.Id == manner.Voice) ? manner.Voice : null;
        SpokenErrors errors = agent.Session.SpokenErrors;
        return agent.Definition.FixedTexts()
            .Concat([.. errors.Fillers, errors.Failed, errors.GivingUp, errors.HandingOver])
            .SelectMany(text => SentenceChunker.Split(text))
            .Select(sentence => agent.Sound.Pronunciations.Apply(sentence).Text)
            .Distinct()
            .Select(sentence => new SynthesisRequest(sentence, voice, manner.Rate, manner.GainDb) { Language = manner.Language, Style = manner.Style });
    }
}
