namespace PhoneAgent.Server.Options;

/// <summary>One receiver of <c>webhooks</c>: told of what happens to calls, signed.</summary>
public sealed record WebhookOptions
{
    internal const int Most = 20;
    private const int LeastSecret = 16;

    /// <summary>For logs; what waits for a receiver is kept under it.</summary>
    public string Name { get; init; } = "";

    /// <summary>http:// or https://.</summary>
    public string Url { get; init; } = "";

    /// <summary>Signs what is posted.</summary>
    public string? Secret { get; init; }

    /// <summary>What is posted; empty: all.</summary>
    public IReadOnlyList<WebhookEventKind> Events { get; init; } = [];

    /// <summary>Numbers and summaries as they are; otherwise numbers are masked and summaries left out.</summary>
    public bool PersonalData { get; init; }

    /// <summary>For one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>That an event may wait for its receiver, with any configuration.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <summary>From the first attempt on; then the event is given up, and the log says so.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Without the secret and what an address may hide: records are printed.</summary>
    public override string ToString() => Name;

    internal bool Wants(WebhookEventKind kind) => Events.Count == 0 || Events.Contains(kind);

    internal IEnumerable<(string Key, string Message)> Check()
    {
        if (Name.Length is 0 or > 60 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            yield return ("name", $"'{Name}' is no name: letters, digits and - _ . are expected, e.g. crm.");
        if (!(Uri.TryCreate(Url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            yield return ("url", "This is no address; write e.g. https://crm.example.com/hooks/calls.");
        if (Secret is null || Secret.Length < LeastSecret)
            yield return ("secret", $"What is posted is signed with it: set at least {LeastSecret} characters, e.g. the output of 'openssl rand -hex 32'; best in the environment as PHONEAGENT__WEBHOOKS__0__SECRET.");
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(1))
            yield return ("timeout", $"{Timeout} is outside 100ms–1m.");
        if (GiveUpAfter < TimeSpan.FromMinutes(1) || GiveUpAfter > LongestWait)
            yield return ("give_up_after", $"{GiveUpAfter} is outside 1m–7d.");
    }
}

/// <summary>What a receiver can be told of.</summary>
public enum WebhookEventKind
{
    /// <summary>A call came and was taken, or one of ours begins to be placed.</summary>
    CallStarted,
    CallAnswered,
    /// <summary>The rule handed a frustrated caller to a human.</summary>
    CallEscalated,
    /// <summary>Also for a call of ours that nobody answered.</summary>
    CallEnded,
    /// <summary>What it is filed under; again where a model does it better than the rules.</summary>
    CallDisposition,
}
