using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Testing;

namespace PhoneAgent.Tests.Conversation.Providers;

/// <summary>What tests of chains share: a clock, members with circuits, what was reported.</summary>
internal sealed class ChainRig
{
    private readonly List<TimelineEvent> _reported = [];

    public VirtualTime Time { get; } = new();

    public static ChainOptions Options { get; } = new();

    public IReadOnlyList<TimelineEvent> Reported
    {
        get
        {
            lock (_reported)
                return [.. _reported];
        }
    }

    public void Report(TimelineEvent happened)
    {
        lock (_reported)
            _reported.Add(happened);
    }

    /// <summary>What failed, and who came next.</summary>
    public IEnumerable<(string Provider, string? Next)> Failures => Reported.OfType<TimelineEvent.ProviderFailed>().Select(f => (f.Provider, f.Next));

    public IEnumerable<string> Used => Reported.OfType<TimelineEvent.ProviderUsed>().Select(u => u.Provider);

    public ProviderCircuit Circuit(string name, string stage = "test") => new(stage, name, new CircuitOptions(), Time, NullLogger.Instance);

    public ChainMember<T> Member<T>(string name, T engine, bool isLocal = false) => new(name, engine, Circuit(name)) { IsLocal = isLocal };

    public static ProviderException Unreachable(string name) => new(name, ProviderFailureKind.Unreachable, $"{name}: connection refused");

    /// <summary>Waits until another thread has brought something about; the limit only guards against a test that hangs.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
