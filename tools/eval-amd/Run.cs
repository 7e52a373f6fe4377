using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Testing.Calls;

namespace PhoneAgent.EvalAmd;

/// <param name="Verdicts">In order; the last one holds.</param>
/// <param name="Gap">From a person's last voiced sample to the agent's first word, engines taking no time.</param>
/// <param name="Message">When the message that stands begins; null for none.</param>
internal sealed record Outcome(Answer Answer, IReadOnlyList<AnswerVerdict> Verdicts, TimeSpan? Gap, TimeSpan? Message)
{
    public AnswerVerdict? First => Verdicts.Count > 0 ? Verdicts[0] : null;

    public AnswerVerdict? Final => Verdicts.Count > 0 ? Verdicts[^1] : null;

    /// <summary>What the agent takes it for: one who is silent is talked to like a person, but is none.</summary>
    public AnswerKind Kind => Final?.Kind switch { AnswerKind.Voicemail => AnswerKind.Machine, { } kind => kind, null => AnswerKind.Undecided };

    public bool IsRight => Kind == Answer.Truth;
}

/// <summary>Calls in the real session, in media time: voice detector and tones decide, no words are recognised.</summary>
internal static class Run
{
    private static readonly CallSessionOptions Options = new()
    {
        AnswerDetection = new AnswerDetectionOptions { Enabled = true, OnMachine = AnswerAction.LeaveMessage, Message = "Please call the workshop about your bicycle." },
    };

    public static async Task<Outcome> CallAsync(Answer answer, IVoiceDetector detector)
    {
        CallTimeline timeline = null!;
        var engines = new CallEngines(detector, new WordlessRecognizer(), new FakeSynthesizer());
        var info = new CallInfo { Id = "eval", Direction = CallDirection.Outbound, RemoteParty = "1", LocalParty = "agent" };
        await CallReplay.RunAsync(answer.Audio, info, call =>
        {
            var session = new CallSession(call, new FakeDialogue(Talk), engines, Options, null, NullLogger<CallSession>.Instance);
            timeline = session.Timeline;
            return session;
        }, CancellationToken.None);
        IReadOnlyList<TimelineEvent> events = timeline.Snapshot();
        AnswerVerdict[] verdicts = [.. events.OfType<TimelineEvent.AnsweredBy>().Select(e => new AnswerVerdict(e.Kind, e.Rule, e.Detail, e.At))];
        TimeSpan? firstWord = events.OfType<TimelineEvent.FirstPacket>().FirstOrDefault()?.At, lastWord = events.OfType<TimelineEvent.FirstPacket>().LastOrDefault()?.At;
        return new Outcome(answer, verdicts, firstWord - answer.From, verdicts.LastOrDefault()?.Kind == AnswerKind.Voicemail ? lastWord : null);
    }

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) =>
        [new DialogueAction.Say(turn is DialogueTurn.CallStarted ? "Hello, this is the workshop, your bicycle is ready. When will you come?" : "Very well.")];

    /// <summary>Understands nothing, as an embedded recogniser whose grammar does not expect greetings.</summary>
    private sealed class WordlessRecognizer : ISpeechRecognizer
    {
        public string Name => "none";

        public bool NeedsExpectation => true;

        public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) => new([]);

        public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult) => new Stream(onResult);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Stream(Action<RecognitionResult> onResult) : IRecognitionStream
        {
            public void Push(ReadOnlySpan<short> frame)
            {
            }

            public void Probe()
            {
            }

            public void Finish() => onResult(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Rejected });

            public void Dispose()
            {
            }
        }
    }
}
