using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Something to be written down of a call, redacted already.</summary>
internal abstract record CallChange(string CallId)
{
    /// <param name="Recording">Its file below the folder of recordings, written with slashes; null for none.</param>
    /// <param name="PartyHash">Where the caller is redacted: what finds him (<see cref="PartyKey"/>).</param>
    public sealed record Began(string CallId, string? Agent, CallDirection Direction, string Caller, string Called, DateTimeOffset StartedAt, string? Recording, string? PartyHash = null) : CallChange(CallId);

    /// <param name="Number">From 0, in the timeline.</param>
    /// <param name="Event">JSON.</param>
    public sealed record Happened(string CallId, int Number, TimeSpan At, byte[] Event) : CallChange(CallId);

    /// <summary>It is over; says all of it again, so that what was dropped on the way is whole.</summary>
    /// <param name="Missed">Events that could not be written in time.</param>
    public sealed record Over(Began Call, CallDigest Digest, IReadOnlyList<Happened> Missed) : CallChange(Call.CallId);

    /// <summary>The model has written it down anew.</summary>
    public sealed record Reported(string CallId, string Report, string? Summary, string? Disposition) : CallChange(CallId);
}
