using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Tests.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Tests.Conversation.Transfer.Brief;

/// <summary>Calls that are about to be handed over.</summary>
internal static class BriefCalls
{
    private static readonly DateTimeOffset Began = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    public static readonly CallInfo Anna = new()
    {
        Id = "c1", Direction = CallDirection.Inbound, RemoteParty = "+15551234207", RemoteDisplayName = "Anna Miller", LocalParty = "100", StartedAt = Began,
    };

    public static readonly TimelineEvent[] Angry =
    [
        new TimelineEvent.CallStarted("c1", CallDirection.Inbound, "+15551234207", "100", Began) { At = Seconds(0) },
        new TimelineEvent.Heard(1, "Northside Bikes, how can I help you?", false) { At = Seconds(3) },
        new TimelineEvent.Emotion("neutral", 0.8, new Dictionary<string, double>(), true) { At = Seconds(6) },
        new TimelineEvent.Final("where is my order", RecognitionOutcome.Recognized, 0.9, "order_status") { At = Seconds(6) },
        new TimelineEvent.Heard(2, "What is your order", true) { At = Seconds(8) },
        new TimelineEvent.Final("four two oh seven one eight", RecognitionOutcome.Recognized, 0.9, "order_number") { At = Seconds(11) },
        new TimelineEvent.Collected("order_number", "420718") { At = Seconds(11) },
        new TimelineEvent.Emotion("frustrated", 0.7, new Dictionary<string, double>(), false) { At = Seconds(14) },
        new TimelineEvent.Emotion("frustrated", 0.8, new Dictionary<string, double>(), true) { At = Seconds(15) },
        new TimelineEvent.Final("this is ridiculous", RecognitionOutcome.Recognized, 0.9, null) { At = Seconds(15) },
        new TimelineEvent.Frustration(FrustrationSource.Voice, 0.8, 0.28, 0.28, "frustrated") { At = Seconds(15) },
        new TimelineEvent.Frustration(FrustrationSource.Words, 1, 0.3, 0.58, "ridiculous") { At = Seconds(15) },
        new TimelineEvent.Final("", RecognitionOutcome.Rejected, 0, null) { At = Seconds(20) },
        new TimelineEvent.Frustration(FrustrationSource.Words, 0.1, 0.05, 0.6, "angry") { At = Seconds(22) },
        new TimelineEvent.Escalated("sustained-turns", 0.6, 2, Seconds(7), "Voice, Words") { At = Seconds(22) },
    ];

    public static BriefSource Of(IReadOnlyList<TimelineEvent> events, string reason, AgentDefinition? definition = null) =>
        new("front-desk", Anna, reason, events, Seconds(75)) { Definition = definition, Today = new DateOnly(2026, 11, 21) };

    public static AgentDefinition FrontDesk() => TextCall.FrontDesk();

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
