namespace PhoneAgent.Conversation.Supervision;

/// <summary>Something a person who watches a call does to it. Texts are at most <see cref="MaxText"/> characters.</summary>
public abstract record SupervisorAction
{
    /// <summary>Characters of any text in an action.</summary>
    public const int MaxText = 500;

    private SupervisorAction(SupervisorStep step) => Step = step;

    /// <summary>Under what name the timeline keeps it.</summary>
    internal SupervisorStep Step { get; }

    /// <summary>Its words, for the timeline; null for none.</summary>
    internal virtual string? Words => null;

    /// <summary>A hint for the agent's model, which gets it with its next turn. The caller does not hear it.</summary>
    public sealed record Whisper(string Hint) : SupervisorAction(SupervisorStep.Whispered)
    {
        internal override string Words => Hint;
    }

    /// <summary>A sentence that the agent's voice says to the caller. It waits for a caller who speaks.</summary>
    /// <param name="AtOnce">Cuts what the agent is saying; otherwise it comes after his present sentence.</param>
    public sealed record Say(string Text, bool AtOnce = false) : SupervisorAction(SupervisorStep.Said)
    {
        internal override string Words => Text;
    }

    /// <summary>The agent falls silent, and the supervisor's microphone is heard in his place.</summary>
    public sealed record TakeOver() : SupervisorAction(SupervisorStep.TookOver);

    /// <summary>The agent goes on, and learns what the caller said meanwhile.</summary>
    /// <param name="Note">What he should know besides; null for nothing.</param>
    public sealed record HandBack(string? Note = null) : SupervisorAction(SupervisorStep.HandedBack)
    {
        internal override string? Words => Note;
    }

    /// <summary>Transfers at once.</summary>
    /// <param name="Target">A SIP URI or number; null: the agent's own human, in the agent's own words.</param>
    /// <param name="Announcement">Said before it; null for nothing.</param>
    public sealed record Transfer(string? Target = null, string? Announcement = null) : SupervisorAction(SupervisorStep.Transferred)
    {
        internal override string? Words => Target;
    }

    /// <summary>Puts the caller on hold.</summary>
    public sealed record Hold() : SupervisorAction(SupervisorStep.Held);

    /// <summary>Takes the caller back from <see cref="Hold"/>.</summary>
    public sealed record Resume() : SupervisorAction(SupervisorStep.Resumed);

    /// <summary>Ends the call now.</summary>
    public sealed record HangUp() : SupervisorAction(SupervisorStep.HungUp)
    {
        /// <summary>The disposition of a call that ended so.</summary>
        public const string Disposition = "ended-by-supervisor";
    }

    /// <summary>A note at this moment of the call, for whoever reads its record.</summary>
    public sealed record Mark(string Note) : SupervisorAction(SupervisorStep.Marked)
    {
        internal override string Words => Note;
    }

    /// <summary>Why it is no order at all; null when it is fine.</summary>
    internal string? Problem() =>
        Words is { Length: > MaxText } || this is Transfer { Announcement.Length: > MaxText } ? $"A text has at most {MaxText} characters."
        : this is Whisper or Say or Mark && string.IsNullOrWhiteSpace(Words) ? "The text is empty."
        : this is Transfer { Target: { } target } && (target.Length == 0 || target.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) ? "The target is not a number or a SIP URI."
        : null;
}

/// <summary>What a supervisor did.</summary>
public enum SupervisorStep
{
    Listening,
    StoppedListening,
    Whispered,
    Said,
    TookOver,
    HandedBack,
    Transferred,
    Held,
    Resumed,
    HungUp,
    Marked,
}

/// <summary>What became of an action.</summary>
/// <param name="IsDone">It was done, or is certain to be.</param>
/// <param name="Reason">Why not, or what it waits for: a sentence for the supervisor; null when there is nothing to say.</param>
public sealed record SupervisorResult(bool IsDone, string? Reason = null)
{
    /// <summary>An order that came when there was no call left.</summary>
    internal static readonly SupervisorResult CallIsOver = new(false, "The call is over.");

    internal static SupervisorResult Done { get; } = new(true);

    internal static SupervisorResult Not(string reason) => new(false, reason);
}
