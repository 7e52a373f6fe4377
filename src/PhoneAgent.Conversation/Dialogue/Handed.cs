using System.Collections.Immutable;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>What an agent learns when it takes a call over from another.</summary>
/// <param name="From">The name of the one before.</param>
/// <param name="Reason">In a short sentence.</param>
/// <param name="Language">BCP 47 tag that is spoken.</param>
/// <param name="Transcript">What has been said, oldest first.</param>
public sealed record Handed(string From, string Reason, string? Language, ImmutableList<TranscriptLine> Transcript);

/// <summary>A turn of the caller and what was heard of the reply. Personal data.</summary>
public sealed record TranscriptLine(string Caller, string Agent);
