using System.Text.Json;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Server.Storage;

namespace PhoneAgent.Server.Handover;

/// <summary>The brief as JSON, for programs: as the record stands, times in seconds, with the short written form.</summary>
internal sealed record BriefDocument(HandoverBrief Brief, string Text)
{
    /// <summary>Where a person can read it; null where there is no such page.</summary>
    public string? Url { get; init; }

    public static BriefDocument Of(HandoverBrief brief, string? url = null) => new(brief, BriefText.Of(brief)) { Url = url };

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, TimelineJson.Line);
}
