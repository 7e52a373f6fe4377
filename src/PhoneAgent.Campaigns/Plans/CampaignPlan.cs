using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;

namespace PhoneAgent.Campaigns.Plans;

/// <summary>
/// What <see cref="Campaign.Definition"/> says, typed and checked: <c>config/campaigns/example.yaml</c> lists every option. Immutable.
/// </summary>
public sealed record CampaignPlan
{
    /// <summary>The agent of the configuration that talks.</summary>
    public required string Agent { get; init; }

    /// <summary>Name of the SIP account that calls are placed with; null: the line decides.</summary>
    public string? Trunk { get; init; }

    /// <summary>How long a contact's phone rings before the attempt is "no answer".</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When contacts may be called, in their own time.</summary>
    public required CallingWindow Window { get; init; }

    /// <summary>The zone of contacts whose zone neither the row nor the number tells; null: such contacts are not called.</summary>
    public TimeZoneInfo? DefaultZone { get; init; }

    public RetryOptions Retry { get; init; } = new();

    public PacingLimits Pacing { get; init; } = new();

    public BreakerOptions Breaker { get; init; } = new();

    /// <summary>Who answers, and what is done with machines.</summary>
    public AnswerDetectionOptions Answering { get; init; } = new() { Enabled = true };

    public CallerIdOptions CallerIds { get; init; } = new();

    /// <summary>Lists that are checked at import and right before each call.</summary>
    public IReadOnlyList<string> DoNotCallLists { get; init; } = [];

    public OptOutOptions OptOut { get; init; } = new();

    public ConsentOptions Consent { get; init; } = new();

    public ContactColumns Contacts { get; init; } = new();

    /// <summary>Reads a definition from a file; all that is wrong with it at once.</summary>
    public static bool TryLoad(string path, [NotNullWhen(true)] out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems) =>
        CampaignFile.TryLoad(path, out plan, out problems);

    /// <summary>Reads a definition that was kept as text.</summary>
    /// <param name="definition">YAML.</param>
    /// <param name="path">Names the place in problems; files that the definition names are relative to its folder.</param>
    public static bool TryParse(string definition, string path, [NotNullWhen(true)] out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems) =>
        CampaignFile.TryParse(definition, path, out plan, out problems);
}
