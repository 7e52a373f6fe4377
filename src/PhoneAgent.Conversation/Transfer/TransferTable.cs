namespace PhoneAgent.Conversation.Transfer;

// Inside the namespace: there the states win over namespaces of the same names.
using static PhoneAgent.Conversation.Transfer.TransferAction;
using static PhoneAgent.Conversation.Transfer.TransferState;
using static PhoneAgent.Conversation.Transfer.TransferTrigger;

/// <summary>One row: in <paramref name="From"/>, <paramref name="On"/> leads to <paramref name="To"/> with these actions, in order.</summary>
/// <param name="From">The state before.</param>
/// <param name="On">What happened.</param>
/// <param name="To">The state after.</param>
/// <param name="Actions">What is done.</param>
public sealed record TransferRow(TransferState From, TransferTrigger On, TransferState To, params TransferAction[] Actions);

/// <summary>The table of a transfer. What is not listed changes nothing.</summary>
public static class TransferTable
{
    public static readonly IReadOnlyList<TransferRow> Rows =
    [
        new(Choosing, TransferAsked, Choosing, PlayHold, ChooseTarget),
        new(Choosing, ConsultationDue, Dialling, Dial),
        new(Choosing, BlindDue, Referring, Refer),
        new(Choosing, NobodyLeft, Returned, StopHold, Return),

        new(Referring, ReferDone, Referred),
        new(Referring, ReferRefused, Dialling, Dial),
        new(Referring, ReferFailed, Choosing, ChooseTarget),

        new(Dialling, HumanRings, Ringing),
        new(Dialling, CannotDial, Referring, Refer),
        .. FromEach([Dialling, Ringing], HumanAnswered, Briefing, SpeakBrief),
        .. FromEach([Dialling, Ringing], HumanBusy, Choosing, DropHuman, ChooseTarget),
        .. FromEach([Dialling, Ringing], HumanSilent, Choosing, DropHuman, ChooseTarget),
        .. FromEach([Dialling, Ringing], HumanRejected, Choosing, DropHuman, ChooseTarget),
        .. FromEach([Dialling, Ringing], HumanUnreachable, Choosing, DropHuman, ChooseTarget),

        new(Briefing, BriefSpoken, Deciding),
        .. FromEach([Briefing, Deciding], Accepted, Connecting, Connect),
        .. FromEach([Briefing, Deciding], Declined, Choosing, DropHuman, ChooseTarget),
        .. FromEach([Briefing, Deciding], VoicemailFound, Choosing, DropHuman, ChooseTarget),
        .. FromEach([Briefing, Deciding], HumanHungUp, Choosing, DropHuman, ChooseTarget),
        new(Deciding, NoKey, Choosing, DropHuman, ChooseTarget),

        new(Connecting, BridgeDue, Bridged, StopHold, Join),
        new(Connecting, ReferDone, Referred),
        // The human is still on the line and wants the call: he gets it.
        new(Connecting, ReferRefused, Bridged, StopHold, Join),
        new(Connecting, ReferFailed, Bridged, StopHold, Join),
        new(Connecting, HumanHungUp, LetGo),

        new(LetGo, ReferDone, Referred),
        new(LetGo, ReferRefused, Choosing, DropHuman, ChooseTarget),
        new(LetGo, ReferFailed, Choosing, DropHuman, ChooseTarget),

        new(Bridged, HumanHungUp, Over, HangUpCaller),

        .. FromEach([Choosing, Referring, Dialling, Ringing, Briefing, Deciding, Connecting, LetGo, Bridged], CallerHungUp, Over, DropHuman),
    ];

    private static IEnumerable<TransferRow> FromEach(TransferState[] states, TransferTrigger on, TransferState to, params TransferAction[] actions) =>
        states.Select(from => new TransferRow(from, on, to, actions));
}
