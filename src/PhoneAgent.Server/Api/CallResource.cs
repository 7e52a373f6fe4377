using System.Text.Json.Serialization;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Api;

internal enum CallPhase
{
    Dialling,
    Ringing,
    Answered,
    Ended,
}

/// <summary>A call of this moment, or of the last minutes.</summary>
/// <param name="Party">The other side's number or name. "(redacted)" for keys that may only read.</param>
/// <param name="Line">The number or user part on our side; null while a call of ours is not answered.</param>
/// <param name="Escalated">The caller was handed to a human because he was frustrated.</param>
/// <param name="Seconds">Of media, since it was answered.</param>
/// <param name="Disposition">What the dialogue filed it under.</param>
/// <param name="Cause">How it ended; null while it runs.</param>
/// <param name="Reason">In words, where there are any.</param>
internal sealed record CallResource(
    string Id, CallDirection Direction, CallPhase State, string Agent, string Party, string? Line, DateTimeOffset StartedAt, double Seconds,
    bool Escalated, string? Disposition, CallEndCause? Cause, EndedBy? EndedBy, string? Reason)
{
    private const string Hidden = "(redacted)";

    public static CallResource Of(OutgoingCall call, bool mayKnow)
    {
        CallEnd? end = call.Outcome.IsCompletedSuccessfully ? call.Outcome.Result : null;
        CallPhase phase = call.State switch
        {
            PlacedState.Dialling => CallPhase.Dialling,
            PlacedState.Ringing => CallPhase.Ringing,
            PlacedState.Answered => CallPhase.Answered,
            _ => CallPhase.Ended,
        };
        return new CallResource(call.Id, CallDirection.Outbound, phase, call.Agent, mayKnow ? call.Target : Hidden, null, call.PlacedAt, 0, false, null,
            end?.Cause, end?.By, end?.Reason);
    }

    public static CallResource Of(LiveCall call, bool mayKnow)
    {
        (bool isEscalated, TimelineEvent.Ended? ended) = (false, null);
        foreach (TimelineEvent happened in call.Timeline.Snapshot())
        {
            isEscalated |= happened is TimelineEvent.Escalated;
            ended = happened as TimelineEvent.Ended ?? ended;
        }
        CallEnd? end = call.IsOver ? call.Completion.Result : null;
        return new CallResource(call.Id, call.Info.Direction, call.IsOver || ended is not null ? CallPhase.Ended : CallPhase.Answered, call.Agent,
            mayKnow ? call.Info.RemoteParty : Hidden, call.Info.LocalParty, call.Info.StartedAt, Math.Round(call.Tap.Elapsed.TotalSeconds, 2),
            isEscalated, ended?.Disposition, ended?.Cause ?? end?.Cause, ended?.By ?? end?.By, ended?.Reason ?? end?.Reason);
    }
}

/// <param name="Target">A number in E.164 (+49…), or a SIP address; the section outbound of the configuration says which are allowed.</param>
/// <param name="Agent">Who talks; null: agents.default.</param>
/// <param name="CallerId">The number to present; null: the account's.</param>
/// <param name="RingSeconds">How long it may ring; null: 60.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PlaceCallBody([property: JsonRequired] string Target, string? Agent = null, string? CallerId = null, int? RingSeconds = null)
{
    private const int MaxText = 200;
    private const int MaxRing = 300;

    public ApiProblem? Check() =>
        Target.Length is 0 or > MaxText || Target.Any(char.IsControl) ? ApiProblem.BadRequest("body.target", "A number such as +4930123456, or a SIP address, is expected.")
        : CallerId is { } from && (from.Length is 0 or > MaxText || !from.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' or '_')) ? ApiProblem.BadRequest("body.callerId", "A number or user part is expected, without blanks.")
        : RingSeconds is < 1 or > MaxRing ? ApiProblem.BadRequest("body.ringSeconds", $"1 to {MaxRing} is expected.")
        : null;
}

/// <param name="Text">What the agent's voice says.</param>
/// <param name="AtOnce">Cuts what the agent is saying; otherwise it comes after his present sentence.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SpeakBody([property: JsonRequired] string Text, bool AtOnce = false);

/// <param name="Target">A number or SIP address; null: the agent's own human.</param>
/// <param name="Announcement">Said to the caller before it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TransferBody(string? Target = null, string? Announcement = null);

/// <summary>Nothing needs to be said.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EmptyBody;
