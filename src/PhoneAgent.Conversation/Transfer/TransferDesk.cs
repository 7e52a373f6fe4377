using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>
/// One transfer of a caller: what the line and the humans do becomes triggers of the <see cref="TransferMachine"/>, and its
/// actions are carried out. Whatever happens, the caller ends with a human or back with the agent. Owned by the session loop.
/// </summary>
internal sealed partial class TransferDesk : IAsyncDisposable
{
    private const char AcceptKey = '1';
    private const char DeclineKey = '2';

    /// <summary>A voice that has not brought the brief out by then never will; the human may press all the same.</summary>
    private static readonly TimeSpan LongestBrief = TimeSpan.FromSeconds(40);

    private readonly TransferParts _parts;
    private readonly DialogueAction.Transfer _asked;
    private readonly TransferMachine _machine = new();
    private readonly Queue<HumanTarget> _left;
    private readonly TransferMode _mode;
    private readonly TimeSpan _ringTimeout;
    private readonly List<Task> _closing = [];
    private readonly CancellationTokenSource _over = new();
    private readonly BriefSource _source;
    private readonly Task<WrittenBrief> _brief;
    private Consultation? _consultation;
    private HumanSide? _human;
    private MediaBridge? _bridge;
    private HumanTarget _target;
    private int _number;
    private bool _callerHolds;
    private bool _humanHolds;
    private bool _triedRefer;
    private bool _triedDial;
    private int? _status;
    private string _why = TransferOutcome.Words(TransferTrigger.NobodyLeft);

    /// <param name="parts">What of the call it needs.</param>
    /// <param name="asked">What the dialogue wants.</param>
    /// <param name="number">Where the numbers of its consultations begin; those of earlier transfers of the call are smaller.</param>
    public TransferDesk(TransferParts parts, DialogueAction.Transfer asked, int number)
    {
        (_parts, _asked, _number) = (parts, asked, number);
        TransferSetup setup = parts.Setup;
        HumanPlan plan = asked.Humans ?? (setup.Humans?.Number == asked.Target ? setup.Humans : HumanPlan.For(asked.Target));
        _left = new Queue<HumanTarget>(plan.Choose(asked.Skill, setup.Time.GetUtcNow()));
        _target = plan.Targets[0];
        TransferMode mode = plan.Mode ?? setup.Options.Mode;
        _mode = mode == TransferMode.Auto ? TransferMode.Attended : mode;
        _ringTimeout = plan.RingTimeout ?? setup.Options.RingTimeout;
        _source = new BriefSource(setup.Agent, parts.Caller.Info, asked.Reason, parts.Timeline.Snapshot(), Now)
        {
            Definition = setup.Definition,
            Language = parts.Manner.Language ?? BriefSource.DefaultLanguage,
            Today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(setup.Time.GetUtcNow(), setup.Time.LocalTimeZone).DateTime),
        };
        _brief = BriefAsync();
    }

    /// <summary>The transfer has come back to the agent: the last human's number, and why.</summary>
    public required Action<string, TransferResult> Return { get; init; }

    public required Action HangUpCaller { get; init; }

    /// <summary>The caller got his human.</summary>
    public bool HasSucceeded => _machine.HasSucceeded;

    /// <summary>The number of the last consultation.</summary>
    public int Number => _number;

    private bool IsBlind => _mode == TransferMode.Blind || _parts.Setup.Line is null;

    private bool MayDial => _parts.Setup.Line is not null && !_triedDial;

    private TimeSpan Now => _parts.Now();

    public void Begin() => Fire(TransferTrigger.TransferAsked, _asked.Reason);

    /// <summary>After each frame: what the passing of time brings about.</summary>
    public void Tick()
    {
        switch (_machine.State)
        {
            case TransferState.Briefing or TransferState.Deciding when _human!.HasBeeped:
                Fire(TransferTrigger.VoicemailFound);
                break;
            case TransferState.Briefing when _human!.HasHeardAll || Now - _machine.Since >= LongestBrief:
                Fire(TransferTrigger.BriefSpoken);
                break;
            case TransferState.Deciding when Now - _machine.Since >= _parts.Setup.Options.AcceptTimeout:
                Fire(TransferTrigger.NoKey);
                break;
        }
    }

    public void OnConsultation(int number, ConsultationNews news)
    {
        if (_consultation?.Number != number)
            return; // one that was given up
        switch (news)
        {
            case ConsultationNews.Rings:
                Fire(TransferTrigger.HumanRings);
                break;
            case ConsultationNews.Answered { Call: var call }:
                _human = new HumanSide(call, _parts.Inbox);
                Fire(TransferTrigger.HumanAnswered);
                break;
            case ConsultationNews.NotAnswered { End: var end }:
                _status = end.StatusCode;
                Fire(TransferOutcome.Of(end, mayRefer: !_triedRefer && _machine.State == TransferState.Dialling), end.Reason);
                break;
            case ConsultationNews.Signal { What: var signal }:
                OnHuman(signal);
                break;
        }
    }

    public void OnReferred(TransferResult result)
    {
        _status = result.StatusCode;
        if (result.Success)
            Fire(TransferTrigger.ReferDone);
        else if (result.IsRefused && (_machine.State != TransferState.Referring || MayDial))
            Fire(TransferTrigger.ReferRefused, result.Reason);
        else
            Fire(TransferTrigger.ReferFailed, result.Reason);
    }

    public void OnCallerEnded(CallEnd end)
    {
        // The end of a transferred call may overtake the result of its transfer.
        if (end.Cause == CallEndCause.Transferred)
        {
            _status ??= end.StatusCode;
            Fire(TransferTrigger.ReferDone);
        }
        Fire(TransferTrigger.CallerHungUp);
    }

    /// <summary>Gives up what is under way, and hangs up a human who is still there.</summary>
    public async ValueTask DisposeAsync()
    {
        DropHuman();
        await _over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_closing).ConfigureAwait(false);
        await _brief.ConfigureAwait(false);
        _over.Dispose();
    }

    private void OnHuman(CallSignal signal)
    {
        switch (signal)
        {
            case CallSignal.Dtmf key when _machine.State == TransferState.Bridged:
                PassKey(_parts.Caller, key);
                break;
            case CallSignal.Dtmf { Digit: AcceptKey }:
                Fire(TransferTrigger.Accepted);
                break;
            case CallSignal.Dtmf { Digit: DeclineKey }:
                Fire(TransferTrigger.Declined);
                break;
            case CallSignal.Held or CallSignal.Resumed:
                OnHumanHold(signal is CallSignal.Held);
                break;
            case CallSignal.Ended { End: var end }:
                Fire(TransferTrigger.HumanHungUp, end.Reason);
                break;
        }
    }

    private void Fire(TransferTrigger trigger, string? detail = null)
    {
        TransferState before = _machine.State;
        IReadOnlyList<TransferAction> actions = _machine.Fire(trigger, Now);
        if (actions.Count == 0 && _machine.State == before)
            return;
        // That nobody is left to ask is told by the return.
        if (trigger != TransferTrigger.NobodyLeft)
            Note(TransferOutcome.Step(trigger), detail);
        if (_machine.State == TransferState.Choosing && trigger != TransferTrigger.TransferAsked)
            _why = trigger == TransferTrigger.ReferFailed && detail is not null ? detail : TransferOutcome.Words(trigger);
        if (_machine.State == TransferState.Bridged && before != TransferState.Bridged)
            Note("connected", null);
        foreach (TransferAction action in actions)
            Act(action);
    }

    private void Note(string step, string? detail) => _parts.Timeline.Append(
        new TimelineEvent.Transfer(_target.Number, step, step is "announced" or "dialling" or "referring" ? null : _status) { At = Now, Detail = detail });
}
