using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>A call that is over, as a list shows it. Personal data.</summary>
internal sealed record CallRecord
{
    public required string Id { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public CallDirection Direction { get; init; }
    /// <summary>The other party.</summary>
    public required string Caller { get; init; }
    public required string Called { get; init; }
    public TimeSpan Duration { get; init; }
    /// <summary>By the model or the rules where they found one, else by the dialogue.</summary>
    public string? Disposition { get; init; }
    /// <summary>How it ended; null when the record was cut short.</summary>
    public CallEndCause? Cause { get; init; }
    /// <summary>The caller was handed to a human because he was frustrated.</summary>
    public bool IsEscalated { get; init; }
    public string? Summary { get; init; }
    public bool HasRecording { get; init; }
}

/// <summary>What is looked for; null for what does not matter.</summary>
internal sealed record HistoryQuery
{
    public const int MaxText = 200;
    public const int MaxPageSize = 200;

    /// <summary>Digits that the other party's number contains, or all of a name.</summary>
    public string? Number { get; init; }
    /// <summary>Words that were all said, or stand in the summary.</summary>
    public string? Words { get; init; }
    /// <summary>They began then or later.</summary>
    public DateTimeOffset? Since { get; init; }
    /// <summary>They began before.</summary>
    public DateTimeOffset? Until { get; init; }
    public CallDirection? Direction { get; init; }
    public string? Disposition { get; init; }
    public CallEndCause? Cause { get; init; }
    public bool? Escalated { get; init; }
    /// <summary>The campaign that placed them.</summary>
    public string? Campaign { get; init; }
    /// <summary>Only those that come after this one in the order of a search; so nobody is missed or met twice while calls come and go.</summary>
    public (DateTimeOffset StartedAt, string Id)? After { get; init; }
    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;
    public int PageSize { get; init; } = 50;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Problem() =>
        Number?.Length > MaxText || Words?.Length > MaxText || Disposition?.Length > MaxText || Campaign?.Length > MaxText ? $"A text has at most {MaxText} characters."
        : Page is < 1 or > 1_000_000 ? "Pages are counted from 1."
        : PageSize is < 1 or > MaxPageSize ? $"A page has 1 to {MaxPageSize} calls."
        : Since >= Until ? "The first day is after the last."
        : null;

    /// <summary>When a day begins. Days are in UTC, as the folders are.</summary>
    public static DateTimeOffset? StartOf(DateOnly? day) => day is { } one ? new DateTimeOffset(one.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;

    /// <summary>When a day is over.</summary>
    public static DateTimeOffset? EndOf(DateOnly? day) => day == DateOnly.MaxValue ? DateTimeOffset.MaxValue : StartOf(day?.AddDays(1));
}

/// <param name="Total">Calls that fit, on all pages.</param>
/// <param name="IsComplete">False while the records are still being read after the start.</param>
internal sealed record HistoryPage(IReadOnlyList<CallRecord> Calls, int Total, int Page, int PageSize, bool IsComplete)
{
    public int Pages => Math.Max(1, (Total + PageSize - 1) / PageSize);
}
