using System.Text.Json.Serialization;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Supervision;

namespace PhoneAgent.Conversation;

/// <summary>
/// Something that happened in a call. <see cref="At"/> is media time: 0 is the first frame. Words and digits are
/// personal data. JSON names are a stable format: <c>"event"</c> tells the type.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(CallStarted), "call-started")]
[JsonDerivedType(typeof(SpeechStarted), "speech-started")]
[JsonDerivedType(typeof(SpeechStopped), "speech-stopped")]
[JsonDerivedType(typeof(Interim), "interim")]
[JsonDerivedType(typeof(Final), "final")]
[JsonDerivedType(typeof(Endpoint), "endpoint")]
[JsonDerivedType(typeof(Speculation), "speculation")]
[JsonDerivedType(typeof(SpeculationSwitched), "speculation-switched")]
[JsonDerivedType(typeof(TurnLatency), "turn-latency")]
[JsonDerivedType(typeof(AgentSentence), "agent-sentence")]
[JsonDerivedType(typeof(FirstToken), "first-token")]
[JsonDerivedType(typeof(FirstAudio), "first-audio")]
[JsonDerivedType(typeof(SentenceAudio), "sentence-audio")]
[JsonDerivedType(typeof(FirstPacket), "first-packet")]
[JsonDerivedType(typeof(BargeIn), "barge-in")]
[JsonDerivedType(typeof(Heard), "heard")]
[JsonDerivedType(typeof(Dtmf), "dtmf")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(Reprompt), "reprompt")]
[JsonDerivedType(typeof(Transfer), "transfer")]
[JsonDerivedType(typeof(Moved), "moved")]
[JsonDerivedType(typeof(Briefed), "briefed")]
[JsonDerivedType(typeof(Noted), "noted")]
[JsonDerivedType(typeof(Collected), "collected")]
[JsonDerivedType(typeof(TurnState), "turn-state")]
[JsonDerivedType(typeof(Failure), "failure")]
[JsonDerivedType(typeof(ProviderFailed), "provider-failed")]
[JsonDerivedType(typeof(ProviderUsed), "provider-used")]
[JsonDerivedType(typeof(ModelUsage), "model-usage")]
[JsonDerivedType(typeof(ToolCall), "tool-call")]
[JsonDerivedType(typeof(AgentChanged), "agent-changed")]
[JsonDerivedType(typeof(LanguageChanged), "language-changed")]
[JsonDerivedType(typeof(Emotion), "emotion")]
[JsonDerivedType(typeof(MoodRead), "mood-read")]
[JsonDerivedType(typeof(Frustration), "frustration")]
[JsonDerivedType(typeof(Escalated), "escalated")]
[JsonDerivedType(typeof(Supervised), "supervised")]
[JsonDerivedType(typeof(Dropped), "dropped")]
[JsonDerivedType(typeof(AnsweredBy), "answered-by")]
[JsonDerivedType(typeof(Ended), "ended")]
public abstract record TimelineEvent
{
    private TimelineEvent() { }

    public required TimeSpan At { get; init; }

    /// <param name="Caller">The other party. Personal data.</param>
    public sealed record CallStarted(string CallId, CallDirection Direction, string Caller, string Called, DateTimeOffset WallClock) : TimelineEvent;

    /// <param name="Onset">First voiced sample, earlier than <see cref="At"/> by the detector's delay.</param>
    public sealed record SpeechStarted(TimeSpan Onset) : TimelineEvent;

    /// <param name="LastVoiced">Last voiced sample.</param>
    public sealed record SpeechStopped(TimeSpan LastVoiced) : TimelineEvent;

    public sealed record Interim(string Text, bool IsCompleteAnswer) : TimelineEvent;

    public sealed record Final(string Text, RecognitionOutcome Outcome, double Confidence, string? Tag) : TimelineEvent;

    /// <param name="LastVoiced">The caller's last voiced sample.</param>
    /// <param name="Silence">How long he had been silent when the turn was taken.</param>
    /// <param name="Rule">The rule of endpointing that decided, e.g. "complete-answer".</param>
    public sealed record Endpoint(TimeSpan LastVoiced, TimeSpan Silence, string Rule) : TimelineEvent;

    public sealed record Speculation(SpeculationStep Step, string Text) : TimelineEvent
    {
        /// <summary>Of a language model, for a guess that was wrong: as reported; of a model that was stopped before, one for four characters.</summary>
        public long WastedTokens { get; init; }

        /// <summary>Synthesised for a guess that was wrong.</summary>
        public TimeSpan WastedAudio { get; init; }
    }

    /// <summary>Guessing ahead does not pay for this agent, or is tried again.</summary>
    /// <param name="HitRate">Of the guesses that decided it, 0–1.</param>
    /// <param name="TrialAfter">Turns until it is tried again; 0 when it was switched on.</param>
    public sealed record SpeculationSwitched(bool IsOn, double HitRate, int TrialAfter) : TimelineEvent;

    /// <summary>
    /// Where the time of a reply went. All counts from the caller's last voiced sample; with a right guess the first token
    /// and the first audio may be earlier than the endpoint.
    /// </summary>
    /// <param name="ToEndpoint">Until the turn was taken.</param>
    /// <param name="ToFinal">Until the final result was there.</param>
    /// <param name="ToFirstToken">Until the dialogue's first step; null when a filler came first.</param>
    /// <param name="ToFirstAudio">Until the first synthesised audio.</param>
    /// <param name="ToFirstPacket">Until the agent's first voiced sample: the response gap.</param>
    /// <param name="Guessed">The reply was begun on a guess.</param>
    public sealed record TurnLatency(
        int Turn, TimeSpan ToEndpoint, TimeSpan ToFinal, TimeSpan? ToFirstToken, TimeSpan? ToFirstAudio, TimeSpan ToFirstPacket, bool Guessed) : TimelineEvent;

    /// <summary>A sentence the agent is about to say.</summary>
    public sealed record AgentSentence(int Turn, string Text) : TimelineEvent;

    public sealed record FirstToken(int Turn) : TimelineEvent;

    public sealed record FirstAudio(int Turn) : TimelineEvent;

    /// <summary>The first audio of one sentence has come from the voice.</summary>
    /// <param name="Latency">Since it was asked for; a sentence that waits for others is asked for later.</param>
    public sealed record SentenceAudio(int Turn, TimeSpan Latency) : TimelineEvent;

    /// <param name="ResponseGap">From the caller's last voiced sample to the agent's first; null for the greeting and for prompts after silence.</param>
    public sealed record FirstPacket(int Turn, TimeSpan? ResponseGap) : TimelineEvent;

    /// <param name="Onset">The caller's first voiced sample.</param>
    public sealed record BargeIn(BargeInStep Step, TimeSpan Onset, string? Reason = null) : TimelineEvent;

    /// <summary>What the caller really heard of the agent's turn, by played samples.</summary>
    public sealed record Heard(int Turn, string Text, bool Interrupted) : TimelineEvent;

    public sealed record Dtmf(char Digit, DtmfSource Source) : TimelineEvent;

    public sealed record Hold(bool IsHeld) : TimelineEvent;

    /// <param name="Kind">"not-understood" by the recogniser, "not-expected" by the dialogue, or "silent".</param>
    public sealed record Reprompt(string Kind, int Count) : TimelineEvent;

    /// <summary>A step on the way to a human; the last is "referred" or "connected" when he has the call, "returned" when the agent goes on.</summary>
    /// <param name="Target">The human's number. Personal data.</param>
    /// <param name="Step">
    /// "announced", "dialling", "referring", "cannot-dial", "ringing", "answered", "busy", "no-answer", "rejected", "unreachable",
    /// "brief-spoken", "accepted", "declined", "no-key", "voicemail", "hung-up", "refer-refused", "refer-failed", "bridging", "connected",
    /// "referred", "returned", "caller-hung-up".
    /// </param>
    /// <param name="StatusCode">SIP status, where there is one.</param>
    public sealed record Transfer(string Target, string Step, int? StatusCode) : TimelineEvent
    {
        /// <summary>Why, where it says more than the step. May be personal data.</summary>
        public string? Detail { get; init; }
    }

    /// <summary>The other side put somebody else in its place, or wanted to.</summary>
    /// <param name="To">Who. Personal data.</param>
    /// <param name="Problem">Why we did not follow; null when we did.</param>
    public sealed record Moved(string To, string? Problem) : TimelineEvent;

    /// <summary>The brief for the human is written; he hears it when he answers. Personal data.</summary>
    /// <param name="SummaryBy">"rules" or "model".</param>
    public sealed record Briefed(string Spoken, string Summary, string SummaryBy) : TimelineEvent;

    public sealed record Noted(string Key, string Value) : TimelineEvent;

    /// <summary>The caller gave a value that the script asked for, as the dialogue understood it. Personal data.</summary>
    public sealed record Collected(string Slot, string Value) : TimelineEvent;

    /// <summary>A row of the turn machine's table was taken; <paramref name="From"/> and <paramref name="To"/> may be the same.</summary>
    public sealed record TurnState(string From, string To, string Trigger) : TimelineEvent;

    /// <param name="Who">Engine, provider, peer or "phoneagent".</param>
    public sealed record Failure(string Who, string What, string Consequence) : TimelineEvent;

    /// <summary>A provider of a chain failed or was late; the next one took over with the same audio or text.</summary>
    /// <param name="Stage">"stt", "llm" or "tts".</param>
    /// <param name="What">Why, without keys or words of the caller.</param>
    /// <param name="Lost">Time that passed until it was given up.</param>
    /// <param name="Next">Who took over; null when the chain was at its end.</param>
    public sealed record ProviderFailed(string Stage, string Provider, string What, TimeSpan Lost, string? Next) : TimelineEvent;

    /// <summary>A provider did its work.</summary>
    /// <param name="Stage">"stt", "llm" or "tts".</param>
    /// <param name="Latency">To the final result (stt), the first token (llm), the first audio (tts).</param>
    public sealed record ProviderUsed(string Stage, string Provider, TimeSpan Latency) : TimelineEvent;

    /// <summary>What one request to a language model took.</summary>
    /// <param name="Cost">In the currency of the provider's price list; null when it has none.</param>
    /// <param name="Purpose">"reply", "summary", "after-call", "mood", "brief".</param>
    public sealed record ModelUsage(string Provider, long InputTokens, long OutputTokens, decimal? Cost, string Purpose) : TimelineEvent;

    /// <param name="Arguments">JSON. Personal data.</param>
    /// <param name="Outcome">"ok", "failed", "timed-out", "refused".</param>
    /// <param name="Detail">What was wrong; null when nothing was.</param>
    public sealed record ToolCall(string Tool, string Arguments, string Outcome, TimeSpan Took, string? Detail) : TimelineEvent;

    /// <summary>Another agent of this configuration talks from here on.</summary>
    public sealed record AgentChanged(string From, string To, string Reason) : TimelineEvent;

    /// <param name="Language">BCP 47 tag.</param>
    public sealed record LanguageChanged(string Language) : TimelineEvent;

    /// <summary>How an utterance sounded.</summary>
    /// <param name="Label">"calm", "happy", "anxious", "frustrated", "neutral", "sad", or "unknown" where nothing can be said.</param>
    /// <param name="Confidence">Calibrated probability of the label, 0–1.</param>
    /// <param name="Probabilities">Of all classes; sums to 1; empty for "unknown".</param>
    /// <param name="IsFinal">Of the whole utterance; otherwise of what there is of it.</param>
    public sealed record Emotion(string Label, double Confidence, IReadOnlyDictionary<string, double> Probabilities, bool IsFinal) : TimelineEvent
    {
        /// <summary>Why it is "unknown", a few words; null otherwise.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>A language model's reading of the caller's mood.</summary>
    /// <param name="Level">How frustrated, 0–1.</param>
    /// <param name="Reason">A few words. Personal data.</param>
    public sealed record MoodRead(double Level, string Reason) : TimelineEvent;

    /// <summary>A sign of the caller's frustration, or against it.</summary>
    /// <param name="Strength">0–1, the share of the source's weight.</param>
    /// <param name="Amount">What it changed of the score; negative for what calms.</param>
    /// <param name="Score">After it, 0–1.</param>
    /// <param name="Detail">What it was. Personal data.</param>
    public sealed record Frustration(FrustrationSource Source, double Strength, double Amount, double Score, string Detail) : TimelineEvent;

    /// <summary>The rule decided to hand the call to a human.</summary>
    /// <param name="Rule">"sustained-turns", "sustained-time" or "asked".</param>
    /// <param name="Turns">Turns in a row above the threshold.</param>
    /// <param name="Lasted">Time above it.</param>
    /// <param name="Sources">The kinds of signs that counted.</param>
    public sealed record Escalated(string Rule, double Score, int Turns, TimeSpan Lasted, string Sources) : TimelineEvent;

    /// <summary>A person who watches the call did something to it.</summary>
    /// <param name="User">Who.</param>
    /// <param name="Text">The hint, sentence, note or target. Personal data.</param>
    /// <param name="Problem">Why it could not be done; null when it was.</param>
    public sealed record Supervised(SupervisorStep Step, string User, string? Text, string? Problem) : TimelineEvent;

    /// <summary>Something was dropped because a queue was full.</summary>
    public sealed record Dropped(string What, long Count) : TimelineEvent;

    /// <summary>Who answered a call of ours; the last one holds.</summary>
    /// <param name="Rule">As in <see cref="AnswerVerdict.Rule"/>.</param>
    /// <param name="Detail">The figures or words that led to it. Personal data.</param>
    public sealed record AnsweredBy(AnswerKind Kind, string Rule, string Detail) : TimelineEvent
    {
        /// <summary>It takes the place of an earlier verdict.</summary>
        public bool IsRevised { get; init; }
    }

    public sealed record Ended(CallEndCause Cause, EndedBy By, string? Reason, string? Disposition) : TimelineEvent;
}

public enum SpeculationStep
{
    Started,
    Hit,
    Missed,
    /// <summary>Not begun, because guessing does not pay for this agent.</summary>
    Skipped,
}

public enum BargeInStep
{
    /// <summary>Onset: the agent ducks.</summary>
    Suspected,
    /// <summary>Speech goes on: the agent pauses.</summary>
    Paused,
    /// <summary>The caller has the turn; what was queued is cut.</summary>
    Confirmed,
    /// <summary>A cough, an echo, a backchannel: the agent goes on from the same sample.</summary>
    Dismissed,
}
