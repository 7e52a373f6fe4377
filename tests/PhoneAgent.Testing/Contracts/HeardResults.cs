using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Testing.Contracts;

/// <summary>Collects what a recogniser says, on whatever thread, and lets a test wait for it.</summary>
public sealed class HeardResults
{
    /// <summary>Only a recogniser that breaks its promise is waited for so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private readonly List<RecognitionResult> results = [];
    private readonly List<(Func<RecognitionResult, bool> Condition, TaskCompletionSource<RecognitionResult> Found)> waiters = [];

    /// <summary>So far, in order.</summary>
    public List<RecognitionResult> All
    {
        get
        {
            lock (gate)
                return [.. results];
        }
    }

    public void Add(RecognitionResult result)
    {
        lock (gate)
        {
            results.Add(result);
            foreach (var (condition, found) in waiters)
                if (condition(result))
                    found.TrySetResult(result);
        }
    }

    /// <summary>The first that meets the condition, of those that came and those that come.</summary>
    public Task<RecognitionResult> WaitForAsync(Func<RecognitionResult, bool> condition)
    {
        lock (gate)
        {
            if (results.Find(result => condition(result)) is { } there)
                return Task.FromResult(there);
            var found = new TaskCompletionSource<RecognitionResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((condition, found));
            return found.Task.WaitAsync(Patience);
        }
    }
}
