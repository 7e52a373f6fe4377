using System.Text.Json;
using System.Text.Json.Serialization;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Webhooks;

/// <summary>Something that happened to a call, before it is made into what a receiver may know.</summary>
/// <param name="Id">The same for all receivers and attempts.</param>
internal sealed record WebhookEvent(string Id, WebhookEventKind Kind, DateTimeOffset At, WebhookCall Call)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>"call.started"</summary>
    public string Type => ConfigValue.EnumText(Kind.ToString()).Replace('-', '.');

    /// <summary>What is known of the call, to be read by <see cref="ReadCall"/>.</summary>
    public string WriteCall() => JsonSerializer.Serialize(Call, Json);

    public static WebhookCall ReadCall(string json) => JsonSerializer.Deserialize<WebhookCall>(json, Json)!;

    public byte[] ToUtf8(bool withPersonalData) =>
        JsonSerializer.SerializeToUtf8Bytes(new { Id, Type, At, Call = withPersonalData ? Call : Call.Masked() }, Json);
}

/// <param name="Party">The other side. Personal data.</param>
internal sealed record WebhookCall(string Id, CallDirection? Direction, string Agent, string? Party, string? Line)
{
    /// <summary>The campaign that a call of ours was placed for.</summary>
    public string? Campaign { get; init; }
    /// <summary>Whom of the campaign it was placed to.</summary>
    public long? Contact { get; init; }
    /// <summary>Since it was answered; once it is over.</summary>
    public double? Seconds { get; init; }
    /// <summary>Why it was escalated.</summary>
    public string? Rule { get; init; }
    public CallEndCause? Cause { get; init; }
    public EndedBy? EndedBy { get; init; }
    /// <summary>Why it ended, where the cause does not say it.</summary>
    public string? Reason { get; init; }
    public string? Disposition { get; init; }
    /// <summary>"rules", "model", or "line" for a call that nobody answered.</summary>
    public string? DispositionBy { get; init; }
    /// <summary>Personal data.</summary>
    public string? Summary { get; init; }

    /// <summary>A number keeps its last two digits, to tell calls apart; a name nothing.</summary>
    public WebhookCall Masked() => this with { Party = Party is { } party ? Mask(party) : null, Summary = null };

    private static string Mask(string party)
    {
        int at = party.IndexOf('@', StringComparison.Ordinal);
        string user = at < 0 ? party : party[..at];
        return user.Count(char.IsAsciiDigit) >= 6 && user.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '-' or '(' or ')' or '.' or '/') ? $"***{user[^2..]}" : "***";
    }
}
