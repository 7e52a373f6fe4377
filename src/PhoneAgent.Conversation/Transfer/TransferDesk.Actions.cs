using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>What of a call its transfer needs.</summary>
/// <param name="Caller">The caller's call.</param>
/// <param name="Run">Begins work on the caller's call that the session waits for at its end.</param>
/// <param name="Now">Media time.</param>
internal sealed record TransferParts(
    ICall Caller, TransferSetup Setup, CallEngines Engines, CallTimeline Timeline, SessionInbox Inbox, MediaGate Gate, SpeakerOptions Manner,
    Action<Func<CancellationToken, Task>> Run, Func<TimeSpan> Now);

/// <summary>What the transfer machine's actions do.</summary>
internal sealed partial class TransferDesk
{
    private void Act(TransferAction action)
    {
        switch (action)
        {
            case TransferAction.PlayHold:
                _parts.Gate.Other = Waiting();
                break;
            case TransferAction.StopHold:
                _parts.Gate.Other = null;
                break;
            case TransferAction.ChooseTarget:
                ChooseTarget();
                break;
            case TransferAction.Dial:
                Dial();
                break;
            case TransferAction.SpeakBrief:
                SpeakBrief();
                break;
            case TransferAction.Refer:
                _triedRefer = true;
                Refer(new TransferRequest(_target.Number));
                break;
            case TransferAction.Connect when _mode == TransferMode.Bridged:
                Fire(TransferTrigger.BridgeDue);
                break;
            case TransferAction.Connect:
                Refer(new TransferRequest(_target.Number, TransferKind.Attended) { Consultation = _human!.Call });
                break;
            case TransferAction.Join:
                Join();
                break;
            case TransferAction.DropHuman:
                DropHuman();
                break;
            case TransferAction.Return:
                Note("returned", _why);
                Return(_target.Number, new TransferResult(false, _status, _why));
                break;
            case TransferAction.HangUpCaller:
                HangUpCaller();
                break;
        }
    }

    private void ChooseTarget()
    {
        (_triedRefer, _triedDial) = (false, false);
        if (!_left.TryDequeue(out HumanTarget? next))
        {
            Fire(TransferTrigger.NobodyLeft);
            return;
        }
        (_target, _status) = (next, null);
        Fire(IsBlind ? TransferTrigger.BlindDue : TransferTrigger.ConsultationDue);
    }

    private void Dial()
    {
        _triedDial = true;
        _consultation = new Consultation(++_number, _parts.Inbox, _parts.Setup.Line!, RequestAsync());
    }

    private async Task<PlaceCallRequest> RequestAsync() => new(_target.Number)
    {
        RingTimeout = _target.RingTimeout ?? _ringTimeout,
        OnBehalfOf = _parts.Caller,
        Headers = (await _brief.ConfigureAwait(false)).Headers,
    };

    private void Refer(TransferRequest request) => _parts.Run(async cancellationToken =>
    {
        TransferResult result;
        try
        {
            WrittenBrief brief = await _brief.WaitAsync(cancellationToken).ConfigureAwait(false);
            result = await _parts.Caller.TransferAsync(request with { Headers = brief.Headers }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            result = new TransferResult(false, null, e.Message) { IsRefused = true };
        }
        _parts.Inbox.Post(SessionMessage.TransferResult(result));
    });

    private async Task<WrittenBrief> BriefAsync()
    {
        try
        {
            if (_parts.Setup.Brief is { } write)
                return await write(_source, Report, _over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The call is over.
        }
        catch (Exception e)
        {
            Report(new TimelineEvent.Failure("brief", e.Message, "the human hears the plain one") { At = default });
        }
        return new WrittenBrief(BriefByRules.Write(_source).Spoken, new Dictionary<string, string>());

        void Report(TimelineEvent happened) => _parts.Inbox.Post(SessionMessage.Event(happened));
    }

    private void SpeakBrief()
    {
        _human!.Call.Audio.Start(_human);
        // It was there before his phone rang.
        _human.Say($"{_brief.Result.Spoken} {_source.Keys}", _parts.Engines.Synthesizer, _parts.Manner, _consultation!.Over);
    }

    private void Join()
    {
        _bridge = new MediaBridge(Waiting) { IsFirstHeld = _callerHolds, IsSecondHeld = _humanHolds };
        (_parts.Gate.Other, _human!.Other) = (_bridge.First, _bridge.Second);
    }

    private IAudioPeer Waiting() => _parts.Setup.Music?.Invoke() ?? Quiet.Instance;

    private void DropHuman()
    {
        if (_consultation is not { } consultation)
            return;
        if (_human is { } human)
            _closing.Add(human.Speaking);
        (_consultation, _human, _humanHolds) = (null, null, false);
        if (_bridge is { Faults: > 0 and var faults })
            _parts.Timeline.Append(new TimelineEvent.Dropped("frames between caller and human", faults) { At = Now });
        _closing.Add(consultation.DisposeAsync().AsTask());
    }

    /// <summary>A key of the caller.</summary>
    public void OnKey(CallSignal.Dtmf key)
    {
        if (_machine.State == TransferState.Bridged)
            PassKey(_human!.Call, key);
    }

    /// <summary>While the caller holds the human, the human hears that he waits.</summary>
    public void OnCallerHold(bool held)
    {
        _callerHolds = held;
        if (_machine.State == TransferState.Bridged)
            _bridge!.IsFirstHeld = held;
    }

    private void OnHumanHold(bool held)
    {
        _humanHolds = held;
        if (_machine.State == TransferState.Bridged)
            _bridge!.IsSecondHeld = held;
    }

    private void PassKey(ICall to, CallSignal.Dtmf key)
    {
        // A tone in the audio goes through with the audio.
        if (key.Source != DtmfSource.InBand)
            _parts.Run(cancellationToken => to.SendDtmfAsync(key.Digit.ToString(), cancellationToken));
    }
}
