using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Tells a client what its call's timeline says.</summary>
internal static class TimelineRelay
{
    /// <summary>Follows to the call's end, or until cancelled. Never faults.</summary>
    public static async Task RunAsync(CallTimeline timeline, SocketCall call, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (TimelineEvent happened in timeline.Subscribe().ReadAllAsync(cancellationToken).ConfigureAwait(false))
                foreach (ServerMessage message in MessagesOf(happened))
                    call.Post(message);
        }
        catch (OperationCanceledException)
        {
            // The call was disposed.
        }
    }

    internal static IEnumerable<ServerMessage> MessagesOf(TimelineEvent happened) => happened switch
    {
        TimelineEvent.Interim interim => [new ServerMessage.Interim(interim.Text)],
        TimelineEvent.Final final => [new ServerMessage.Final(final.Text, Math.Round(final.Confidence, 3), Word(final.Outcome))],
        TimelineEvent.Emotion emotion => [new ServerMessage.Emotion(emotion.Label, Math.Round(emotion.Confidence, 3), emotion.IsFinal)],
        TimelineEvent.AgentSentence sentence => [new ServerMessage.AgentText(sentence.Turn, sentence.Text)],
        // What was queued at the client was made before the cut: it goes with it.
        TimelineEvent.Heard { Interrupted: true } heard => [new ServerMessage.Interrupt(), new ServerMessage.AgentHeard(heard.Turn, heard.Text, true)],
        TimelineEvent.Heard heard => [new ServerMessage.AgentHeard(heard.Turn, heard.Text, false)],
        TimelineEvent.TurnState state when state.From != state.To => [new ServerMessage.State(Kebab(state.To))],
        _ => [],
    };

    private static string Word(RecognitionOutcome outcome) => Kebab(outcome.ToString());

    private static string Kebab(string name) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
