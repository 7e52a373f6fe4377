namespace PhoneAgent.Server.Options;

/// <summary>Who is told of a hand-over: the brief is posted as JSON, signed.</summary>
public sealed record BriefWebhookOptions
{
    private const int LeastSecret = 16;
    private const int MostUrls = 10;

    /// <summary>http:// or https:// addresses; none: nobody is told.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>Signs what is posted.</summary>
    public string? Secret { get; init; }

    /// <summary>For one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Including the first; the pause between two doubles from 1 s on.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Without the secret and what addresses may hide: records are printed.</summary>
    public override string ToString() => $"{Urls.Count} addresses";

    internal IEnumerable<(string Key, string Message)> Check()
    {
        foreach ((int index, string url) in Urls.Index())
            if (!(Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
                yield return ($"urls[{index}]", "This is no address; write e.g. https://crm.example.com/hooks/handover.");
        if (Urls.Count > MostUrls)
            yield return ("urls", $"More than {MostUrls}.");
        if (Urls.Count > 0 && (Secret is null || Secret.Length < LeastSecret))
            yield return ("secret", $"What is posted is signed with it: set at least {LeastSecret} characters, e.g. the output of 'openssl rand -hex 32'; best in the environment as PHONEAGENT__TRANSFER__BRIEF_WEBHOOK__SECRET.");
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(1))
            yield return ("timeout", $"{Timeout} is outside 100ms–1m.");
        if (Attempts is < 1 or > 12)
            yield return ("attempts", $"{Attempts} is outside 1–12.");
    }
}
