using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Testing.Calls;

/// <summary>Each request waits to be answered by the test, in whatever order; some never let go.</summary>
public sealed class GatedSynthesizer : ISpeechSynthesizer
{
    private readonly Lock gate = new();
    private readonly List<Request> requests = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> waiting = [];

    public string Name => "gated";

    public IReadOnlyList<VoiceInfo> Voices { get; } = [new("gated", "en-US", "a level")];

    /// <summary>The texts asked for so far, in order.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (gate)
                return [.. requests.Select(request => request.Asked.Text)];
        }
    }

    /// <summary>Completes when so many requests were made.</summary>
    public Task AskedAsync(int count)
    {
        lock (gate)
        {
            if (requests.Count >= count)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((count, reached));
            return reached.Task;
        }
    }

    /// <summary>Gives audio to a request; the request ends with it.</summary>
    public void Answer(string text, short[] samples) => Find(text).Samples.TrySetResult(samples);

    public void Fail(string text, Exception error) => Find(text).Samples.TrySetException(error);

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = new Request(request, new TaskCompletionSource<short[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            requests.Add(asked);
            foreach (var (_, reached) in waiting.Where(w => w.Count <= requests.Count))
                reached.TrySetResult();
        }
        yield return new SynthesizedAudio(await asked.Samples.Task); // deaf to its token: an engine that does not let go
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Request Find(string text)
    {
        lock (gate)
            return requests.Last(request => request.Asked.Text == text);
    }

    private sealed record Request(SynthesisRequest Asked, TaskCompletionSource<short[]> Samples);
}
