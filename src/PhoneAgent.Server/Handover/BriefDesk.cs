using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Handover;

/// <summary>Writes the brief of each hand-over and sees that whoever should know has it. Thread-safe.</summary>
/// <param name="model">Null where there is none.</param>
internal sealed class BriefDesk(Lazy<IChatClient?> model, BriefLinks links, BriefWebhook webhook, LoadedConfig config, TimeProvider time)
{
    /// <summary>Goes with the call to whoever takes it; screens that pop up open it.</summary>
    public const string UrlHeader = "X-PhoneAgent-Brief-Url";

    /// <param name="report">Takes events for the timeline; any thread.</param>
    public async Task<WrittenBrief> WriteAsync(BriefSource source, Action<TimelineEvent> report, CancellationToken cancellationToken)
    {
        HandoverBrief brief = await new BriefWriter(model.Value, BriefWriter.DefaultLimit, time).WriteAsync(source, report, cancellationToken).ConfigureAwait(false);
        // Without the address: who reads timelines is not who takes the call.
        report(new TimelineEvent.Briefed(brief.Spoken, brief.Summary, brief.SummaryBy) { At = default });
        string? url = UrlOf(brief);
        webhook.Post(BriefDocument.Of(brief, url), report);
        return new WrittenBrief(brief.Spoken, url is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [UrlHeader] = url });
    }

    /// <summary>Null where this server has no address that a colleague could reach.</summary>
    private string? UrlOf(HandoverBrief brief) =>
        config.Options.Http is { Enabled: true, PublicUrl: { } root } ? $"{root.TrimEnd('/')}/{BriefEndpoints.Path}/{links.Add(brief)}" : null;
}
