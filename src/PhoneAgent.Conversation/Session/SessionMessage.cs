using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Conversation.Session;

internal enum SessionMessageKind
{
    Frame,
    Voice,
    Recognition,
    ReplyAction,
    ReplyEnded,
    FirstAudio,
    SynthesisFailed,
    Signal,
    TransferResult,
    Consultation,
    Event,
    Tone,
    Supervisor,
    Stop,
}

/// <summary>Everything that reaches the session loop. A struct: frames and voice activity come 80 times a second.</summary>
/// <param name="Kind">Which of the others count.</param>
/// <param name="Position">Sample position; which reading of a tone.</param>
/// <param name="Number">Turn or utterance number, frame origin.</param>
/// <param name="Value">Probability.</param>
/// <param name="Payload">Anything larger.</param>
internal readonly record struct SessionMessage(SessionMessageKind Kind, long Position = 0, int Number = 0, float Value = 0, object? Payload = null)
{
    /// <summary>It came through <see cref="SessionInbox.PostAsync"/> and holds a place there.</summary>
    public bool HasWaited { get; init; }

    /// <summary>What the next one of its kind makes up for. Everything else changes the course of the call.</summary>
    public bool MayBeLost => Kind is SessionMessageKind.Frame or SessionMessageKind.Voice
        || (Kind == SessionMessageKind.Recognition && Payload is RecognitionResult { IsFinal: false })
        || (Kind == SessionMessageKind.Tone && (ToneStep)Position == ToneStep.Interim);

    public static SessionMessage Frame(long position, FrameOrigin origin) => new(SessionMessageKind.Frame, position, (int)origin);

    public static SessionMessage Voice(VoiceActivity activity) => new(SessionMessageKind.Voice, activity.Position, Value: activity.Probability);

    public static SessionMessage Recognition(int utterance, RecognitionResult result) => new(SessionMessageKind.Recognition, Number: utterance, Payload: result);

    public static SessionMessage ReplyAction(int turn, DialogueAction action) => new(SessionMessageKind.ReplyAction, Number: turn, Payload: action);

    /// <param name="turn">The turn.</param>
    /// <param name="error">Why it failed, or null.</param>
    public static SessionMessage ReplyEnded(int turn, string? error) => new(SessionMessageKind.ReplyEnded, Number: turn, Payload: error);

    public static SessionMessage FirstAudio(int turn) => new(SessionMessageKind.FirstAudio, Number: turn);

    public static SessionMessage SynthesisFailed(int turn, string error) => new(SessionMessageKind.SynthesisFailed, Number: turn, Payload: error);

    public static SessionMessage Signal(CallSignal signal) => new(SessionMessageKind.Signal, Payload: signal);

    public static SessionMessage TransferResult(TransferResult result) => new(SessionMessageKind.TransferResult, Payload: result);

    /// <param name="number">Which consultation call.</param>
    /// <param name="news">What became of it.</param>
    public static SessionMessage Consultation(int number, ConsultationNews news) => new(SessionMessageKind.Consultation, Number: number, Payload: news);

    /// <summary>Something happened beside the loop; the timeline keeps it, stamped when the loop sees it.</summary>
    public static SessionMessage Event(TimelineEvent happened) => new(SessionMessageKind.Event, Payload: happened);

    /// <param name="step">Which reading.</param>
    /// <param name="utterance">Its number.</param>
    /// <param name="reading">Null when the classifier could not say anything now.</param>
    public static SessionMessage Tone(ToneStep step, int utterance, EmotionReading? reading) =>
        new(SessionMessageKind.Tone, (long)step, utterance, Payload: reading);

    public static SessionMessage Supervisor(SupervisorOrder order) => new(SessionMessageKind.Supervisor, Payload: order);

    public static SessionMessage Stop() => new(SessionMessageKind.Stop);
}
