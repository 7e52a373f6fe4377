using System.Runtime.CompilerServices;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Testing.Providers;

/// <summary>A voice that works until it is told not to; what it says comes from another.</summary>
public sealed class FaultySynthesizer(ISpeechSynthesizer voice, string name) : ISpeechSynthesizer
{
    public string Name => name;

    public IReadOnlyList<VoiceInfo> Voices { get; set; } = voice.Voices;

    /// <summary>When set, it fails with this after <see cref="ChunksBefore"/> chunks.</summary>
    public EngineException? Failure { get; set; }

    /// <summary>When set, it falls silent there after <see cref="ChunksBefore"/> chunks.</summary>
    public Stall? Silence { get; set; }

    public int ChunksBefore { get; set; }

    public List<SynthesisRequest> Requests { get; } = [];

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (Requests)
            Requests.Add(request);
        int chunks = 0;
        await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(request, cancellationToken))
        {
            if (chunks++ == ChunksBefore)
                await MisbehaveAsync(cancellationToken);
            yield return chunk;
        }
        if (chunks <= ChunksBefore)
            await MisbehaveAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => voice.DisposeAsync();

    private async Task MisbehaveAsync(CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw Failure;
        if (Silence is not null)
            await Silence.WaitAsync(cancellationToken);
    }
}
