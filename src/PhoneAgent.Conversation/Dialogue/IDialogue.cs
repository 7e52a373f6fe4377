using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>What the agent says and does. One object per call, used by the session loop only.</summary>
public interface IDialogue : IAsyncDisposable
{
    /// <summary>
    /// Begins the reply to a turn. It may be a guess: the session begins it while the caller may still go on. Nothing
    /// with an effect outside the call may happen, and the dialogue's own state may not change, before
    /// <see cref="IDialogueReply.Commit"/>. A reply that is disposed without it never happened.
    /// </summary>
    IDialogueReply Respond(DialogueTurn turn);

    /// <summary>What the caller really heard of the last reply, when it ended or was cut.</summary>
    void Heard(string text, bool interrupted);

    /// <summary>A supervisor's hint for the next turn that stands; the caller must not hear it. Returns why it is of no use, or null.</summary>
    string? Whisper(string hint) => "This agent follows a script and takes no hints.";
}

public interface IDialogueReply : IAsyncDisposable
{
    /// <summary>The steps of the reply, streamed; read once. The last <see cref="DialogueAction.Listen"/> tells what is expected next.</summary>
    IAsyncEnumerable<DialogueAction> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The turn stands.</summary>
    void Commit();
}

/// <summary>Something to reply to.</summary>
public abstract record DialogueTurn
{
    private DialogueTurn() { }

    public sealed record CallStarted(CallInfo Call) : DialogueTurn;

    /// <param name="Result">A final (or probe) result with <see cref="RecognitionOutcome.Recognized"/>.</param>
    /// <param name="Interrupting">The caller spoke over the agent.</param>
    public sealed record CallerSaid(RecognitionResult Result, bool Interrupting) : DialogueTurn
    {
        /// <summary>How the caller seems: a label of <see cref="TimelineEvent.Emotion"/>; null when nothing can be said.</summary>
        public string? Mood { get; init; }
    }

    public sealed record CallerPressed(string Digits) : DialogueTurn;

    /// <summary>There was speech, but no words or none that were expected.</summary>
    /// <param name="Count">1 for the first time in a row.</param>
    public sealed record NotUnderstood(int Count) : DialogueTurn;

    /// <summary>The caller says nothing.</summary>
    public sealed record CallerSilent(int Count) : DialogueTurn;

    /// <summary>The caller's frustration is sustained: he is to be told that a human takes over, and connected.</summary>
    /// <param name="Reason">The rule and the signs that led to it, for the record.</param>
    public sealed record Escalated(string Reason) : DialogueTurn;

    /// <summary>A person has talked to the caller and gives the call back.</summary>
    /// <param name="By">Who.</param>
    /// <param name="Words">The caller's words meanwhile, as recognised; "" for none.</param>
    /// <param name="Note">What the person wants the agent to know; null for nothing.</param>
    public sealed record HandedBack(string By, string Words, string? Note) : DialogueTurn;

    public sealed record TransferFailed(string Target, int? StatusCode, string? Reason) : DialogueTurn;
}

/// <summary>One step of a reply.</summary>
public abstract record DialogueAction
{
    private DialogueAction() { }

    /// <param name="Text">Plain words for the ear, any number of sentences.</param>
    /// <param name="Interruptible">False only for what must be heard (a legal notice).</param>
    public sealed record Say(string Text, bool Interruptible = true) : DialogueAction;

    /// <summary>Plays a WAV prompt instead of a synthesised sentence; <paramref name="Text"/> is what it says.</summary>
    public sealed record Play(string Path, string Text, bool Interruptible = true) : DialogueAction;

    /// <summary>The reply is complete; the caller's turn.</summary>
    public sealed record Listen(Expectation Expectation) : DialogueAction;

    /// <summary>After everything said so far was heard: transfer.</summary>
    public sealed record Transfer(string Target, string Reason) : DialogueAction
    {
        /// <summary>Whom to ask, and when; null: only the target.</summary>
        public HumanPlan? Humans { get; init; }

        /// <summary>What the human should be good at; null: anything.</summary>
        public string? Skill { get; init; }
    }

    /// <summary>After everything said so far was heard: hang up.</summary>
    public sealed record HangUp(string Disposition) : DialogueAction;

    /// <summary>Another agent of the configuration takes the call over. Carried out among the agents; the session never sees it.</summary>
    /// <param name="Reason">A short sentence for the one who takes over.</param>
    public sealed record HandOver(string Agent, string Reason) : DialogueAction;

    public sealed record SendDtmf(string Digits) : DialogueAction;

    /// <summary>Something learned that the call's record keeps (a slot, a message, a callback). Takes effect on commit.</summary>
    public sealed record Note(string Key, string Value) : DialogueAction;

    /// <summary>The caller gave a value that was asked for. Takes effect on commit.</summary>
    public sealed record Collect(string Slot, string Value) : DialogueAction;

    /// <summary>The dialogue could make nothing of the caller's words, and asks again. Takes effect on commit.</summary>
    /// <param name="Count">1 for the first time in a row.</param>
    public sealed record Misunderstood(int Count) : DialogueAction;

    /// <summary>
    /// From here on the agent speaks and hears so; null leaves as it is. For a caller who changes language, another agent
    /// who takes over, a manner that follows the caller's mood. Takes effect on commit.
    /// </summary>
    /// <param name="Voice">A <see cref="Speaking.VoiceInfo.Id"/>.</param>
    /// <param name="Language">BCP 47 tag, for hearing and speaking.</param>
    /// <param name="Rate">1 is the voice's own.</param>
    public sealed record UseVoice(string? Voice = null, string? Language = null, double? Rate = null, double? GainDb = null, string? Style = null) : DialogueAction
    {
        /// <summary>The pronunciation, fillers and background of the agent who speaks from here on.</summary>
        public Speaking.AgentSound? Sound { get; init; }

        /// <summary>The agent who speaks from here on, where it is another one.</summary>
        public Scripted.AgentDefinition? Agent { get; init; }
    }

    /// <summary>Something for the timeline (a provider that failed, tokens used, a tool called); kept also when the reply is thrown away.</summary>
    /// <param name="Event">Stamped by the session.</param>
    public sealed record Report(TimelineEvent Event) : DialogueAction;
}
