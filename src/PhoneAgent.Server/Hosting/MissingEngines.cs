using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Server.Hosting;

/// <summary>Stands where no recogniser can be had: every utterance fails with the reason, so callers are answered by keys and by what dialogues say about it.</summary>
internal sealed class MissingRecognizer(string reason) : ISpeechRecognizer
{
    public string Name => "none";

    public bool NeedsExpectation => true;

    public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>([reason]);

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult) => new Stream(reason, onResult);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Stream(string reason, Action<RecognitionResult> onResult) : IRecognitionStream
    {
        public void Push(ReadOnlySpan<short> frame)
        {
        }

        public void Probe()
        {
        }

        public void Finish() => onResult(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = reason });

        public void Dispose()
        {
        }
    }
}

/// <summary>Stands where no voice can be had: every sentence fails with the reason; prompts from files are still heard.</summary>
internal sealed class MissingSynthesizer(string reason) : ISpeechSynthesizer
{
    public string Name => "none";

    public IReadOnlyList<VoiceInfo> Voices => [];

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (reason.Length > 0)
            throw new EngineException(reason);
        yield break;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
