using System.Globalization;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Events in words: who, and what. Holds callers' words.</summary>
internal static class TimelineWords
{
    /// <summary>Null for what is left out.</summary>
    /// <param name="everything">Also what only matters when something is looked into: states, interim words, speculation.</param>
    public static (string Who, string What)? Describe(TimelineEvent timelineEvent, bool everything) => timelineEvent switch
    {
        TimelineEvent.CallStarted e => ("call", e.Direction == CallDirection.Inbound ? $"from {e.Caller} to {e.Called}" : $"to {e.Caller}"),
        TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized } e => ("caller", $"“{e.Text}” ({e.Confidence.ToString("0.00", CultureInfo.InvariantCulture)}{(e.Tag is null ? "" : $", {e.Tag}")})"),
        TimelineEvent.Final e => ("caller", e.Outcome switch
        {
            RecognitionOutcome.Rejected => "said something unexpected",
            RecognitionOutcome.Failed => "was not heard: the recogniser failed",
            _ => "made a noise",
        }),
        TimelineEvent.FirstPacket { ResponseGap: { } gap } => ("agent", $"answers after {gap.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms"),
        TimelineEvent.Heard e => ("agent", e.Interrupted ? $"“{e.Text}” … interrupted" : $"“{e.Text}”"),
        TimelineEvent.BargeIn e when everything || e.Step is BargeInStep.Confirmed or BargeInStep.Dismissed =>
            ("caller", e.Step switch
            {
                BargeInStep.Suspected => "speaks over the agent: ducked",
                BargeInStep.Paused => "goes on: the agent pauses",
                BargeInStep.Confirmed => "interrupts",
                _ => $"did not mean to interrupt{(e.Reason is null ? "" : $" ({e.Reason})")}",
            }),
        TimelineEvent.Dtmf e => ("caller", $"presses {e.Digit}"),
        TimelineEvent.Hold e => ("caller", e.IsHeld ? "holds" : "resumes"),
        TimelineEvent.Reprompt e => ("agent", $"asks again ({e.Kind}, {e.Count})"),
        TimelineEvent.Transfer e => ("agent", $"transfer to {e.Target}: {e.Step}{(e.StatusCode is null ? "" : $" ({e.StatusCode})")}{(e.Detail is null ? "" : $": {e.Detail}")}"),
        TimelineEvent.Moved e => ("call", $"{(e.Problem is null ? "the other side moved to" : "the other side wanted to move to")} {e.To}{(e.Problem is null ? "" : $" – not done: {e.Problem}")}"),
        TimelineEvent.Briefed e => ("agent", $"tells the human: “{e.Spoken}”"),
        TimelineEvent.Collected e when everything => ("agent", $"takes {e.Slot} as {e.Value}"),
        TimelineEvent.Noted e => ("agent", $"notes {e.Key}: {e.Value}"),
        TimelineEvent.Failure e => ("failure", $"{e.Who}: {e.What} – {e.Consequence}"),
        TimelineEvent.Dropped e => ("failure", $"{e.Count} {e.What} dropped"),
        TimelineEvent.Ended e => ("call", $"{new CallEnd(e.Cause, e.By, Reason: e.Reason).ToWords()}{(e.Disposition is null ? "" : $" [{e.Disposition}]")}"),
        TimelineEvent.AgentChanged e => ("agent", $"{e.To} takes over from {e.From}: {e.Reason}"),
        TimelineEvent.LanguageChanged e => ("agent", $"speaks {e.Language}"),
        TimelineEvent.ToolCall e => ("agent", $"calls {e.Tool}: {e.Outcome} after {e.Took.TotalMilliseconds:0} ms{(e.Detail is null ? "" : $" – {e.Detail}")}"),
        TimelineEvent.ProviderFailed e => ("failure", $"{e.Provider} ({e.Stage}): {e.What} – {(e.Next is null ? "nobody took over" : $"{e.Next} took over")}"),
        TimelineEvent.MoodRead e when everything => ("caller", $"reads as {Number(e.Level)} frustrated: {e.Reason}"),
        TimelineEvent.TurnLatency e when everything => ("turn", $"answered after {e.ToFirstPacket.TotalMilliseconds:0} ms{(e.Guessed ? ", on a guess" : "")}"),
        TimelineEvent.AgentSentence e when everything => ("agent", $"is about to say “{e.Text}”"),
        TimelineEvent.Interim e when everything => ("caller", $"… “{e.Text}”{(e.IsCompleteAnswer ? " complete" : "")}"),
        TimelineEvent.Endpoint e when everything => ("turn", $"taken after {e.Silence.TotalMilliseconds:0} ms of silence: {e.Rule}"),
        TimelineEvent.Speculation e when everything => ("turn", $"speculation {e.Step}: “{e.Text}”"),
        TimelineEvent.TurnState e when everything => ("turn", $"{e.From} → {e.To} ({e.Trigger})"),
        TimelineEvent.Emotion { IsFinal: true, Label: not EmotionLabels.Unknown } e => ("caller", $"sounds {e.Label} ({Number(e.Confidence)})"),
        TimelineEvent.Emotion e when everything => ("caller", $"{(e.IsFinal ? "sounds" : "… sounds")} {e.Label}{(e.Reason is null ? $" ({Number(e.Confidence)})" : $": {e.Reason}")}"),
        TimelineEvent.Frustration e => ("caller", $"frustration {e.Amount.ToString("+0.00;-0.00", CultureInfo.InvariantCulture)} by {e.Source}, now {Number(e.Score)}{(e.Detail.Length == 0 ? "" : $": {e.Detail}")}"),
        TimelineEvent.Escalated e => ("turn", $"handed to a human: {e.Rule}, score {Number(e.Score)}, by {e.Sources}"),
        TimelineEvent.Supervised e => (e.User, $"{ConfigValue.EnumText(e.Step.ToString()).Replace('-', ' ')}{(e.Text is null ? "" : $": {e.Text}")}{(e.Problem is null ? "" : $" – not done: {e.Problem}")}"),
        TimelineEvent.AnsweredBy e => ("call", $"{(e.IsRevised ? "after all " : "")}answered by {Who(e.Kind)} ({e.Rule}: {e.Detail})"),
        TimelineEvent.SpeechStarted when everything => ("caller", "speech"),
        TimelineEvent.SpeechStopped when everything => ("caller", "silence"),
        _ => null,
    };

    private static string Who(AnswerKind kind) => kind switch
    {
        AnswerKind.Person => "a person",
        AnswerKind.Machine => "a machine",
        AnswerKind.Voicemail => "a machine that records now",
        AnswerKind.Fax => "a fax",
        AnswerKind.NotInService => "the network: not in service",
        AnswerKind.Busy => "a busy tone",
        AnswerKind.Congested => "a congestion tone",
        AnswerKind.Silent => "silence",
        _ => "nobody knows whom",
    };

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
