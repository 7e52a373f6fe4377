using Microsoft.Extensions.AI;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// What a request carries for those who serve it (a client, a chain of them): where to report to the call's timeline, and
/// what the request is for. Whoever knows the provider and its prices reports <see cref="TimelineEvent.ModelUsage"/>,
/// <see cref="TimelineEvent.ProviderUsed"/> and <see cref="TimelineEvent.ProviderFailed"/>; the dialogue does not.
/// </summary>
public static class ChatReport
{
    public const string Reply = "reply";
    public const string Summary = "summary";
    public const string AfterCall = "after-call";
    public const string Mood = "mood";
    public const string Brief = "brief";

    private const string ReportKey = "phoneagent.report";
    private const string PurposeKey = "phoneagent.purpose";

    /// <param name="report">Any thread; never blocks, never throws. The session stamps the time, so any will do.</param>
    /// <returns>The same options.</returns>
    public static ChatOptions WithReport(this ChatOptions options, Action<TimelineEvent> report)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[ReportKey] = report;
        return options;
    }

    /// <param name="purpose">One of the constants here; goes into <see cref="TimelineEvent.ModelUsage.Purpose"/>.</param>
    /// <returns>The same options.</returns>
    public static ChatOptions WithPurpose(this ChatOptions options, string purpose)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[PurposeKey] = purpose;
        return options;
    }

    /// <summary>Where to report; null when nobody listens.</summary>
    public static Action<TimelineEvent>? Report(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(ReportKey, out object? report) == true ? report as Action<TimelineEvent> : null;

    public static string Purpose(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(PurposeKey, out object? purpose) == true && purpose is string text ? text : Reply;

    /// <summary>
    /// The properties that are a provider's business, without ours: what an adapter may put on the wire.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, object?>> ForTheWire(this ChatOptions? options) =>
        options?.AdditionalProperties?.Where(property => property.Key is not (ReportKey or PurposeKey)) ?? [];
}
