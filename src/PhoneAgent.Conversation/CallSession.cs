using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Escalation.ModelReading;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Conversation;

/// <summary>
/// One call from answer to end: frames → voice detection and endpointing → recognition → dialogue → synthesis → speech
/// queue → frames. One loop owns the call's state; slow work happens beside it and comes back as messages.
/// </summary>
public sealed partial class CallSession : ICallSession
{
    private readonly ICall _call;
    private readonly IDialogue _dialogue;
    private readonly CallEngines _engines;
    private readonly CallSessionOptions _options;
    private readonly ILogger<CallSession> _logger;
    private readonly SessionInbox _inbox = new();
    private readonly SpeechQueue _queue = new();
    private readonly MediaGate _gate;
    private readonly LineWork _line;
    private readonly List<TransferDesk> _transfers = [];
    private DialogueAction? _conclusion;
    private AgentDefinition? _agent;
    private long _reportedDrops;

    /// <param name="call">An established call whose audio has not been started. The session does not dispose it.</param>
    /// <param name="dialogue">What the agent says; disposed by the session.</param>
    /// <param name="engines">Shared engines.</param>
    /// <param name="options">The numbers of turn-taking.</param>
    /// <param name="recorder">Keeps both sides, or null.</param>
    /// <param name="logger">Words and numbers are logged at Trace only.</param>
    public CallSession(ICall call, IDialogue dialogue, CallEngines engines, CallSessionOptions options, ICallRecorder? recorder, ILogger<CallSession> logger)
    {
        (_call, _dialogue, _engines, _options, _logger) = (call, dialogue, engines, options, logger);
        _gate = new MediaGate(_inbox, _queue, ambience: null, recorder);
        _line = new LineWork(call, _inbox, logger);
        Supervision = new CallSupervision(_inbox);
    }

    /// <summary>Pronunciation, fillers and background of the agent who answers; one who takes over brings his own.</summary>
    public AgentSound Sound { get; init; } = new();

    /// <summary>When a frustrated caller is handed to a human; null: never.</summary>
    public EscalationOptions? Escalation { get; init; }

    /// <summary>How the caller is handed to a human.</summary>
    public TransferSetup Transfers { get; init; } = new();

    /// <summary>The record of the call; complete when <see cref="RunAsync"/> returns.</summary>
    public CallTimeline Timeline { get; } = new();

    /// <summary>What people who watch the call can do to it.</summary>
    public CallSupervision Supervision { get; }

    /// <summary>What guessing ahead brings; shared by the calls of an agent.</summary>
    public SpeculationLedger Speculation { get; init; } = new();

    /// <summary>Carries the call to its end. Cancelling hangs up. Called once.</summary>
    public async Task<CallEnd> RunAsync(CancellationToken cancellationToken)
    {
        Timeline.Append(new TimelineEvent.CallStarted(
            _call.Info.Id, _call.Info.Direction, _call.Info.RemoteParty, _call.Info.LocalParty, _call.Info.StartedAt)
        { At = default });

        var moods = new MoodReading(Timeline, Escalation is { Enabled: true, ModelReading: true } ? _engines.Model?.Moods : null, _inbox, _line.Over);
        var lane = new UtteranceLane(_engines.Recognizer, _inbox);
        EmotionLane? tone = _engines.Tone is { } hearing ? new EmotionLane(hearing, _inbox) : null;
        var speaker = new Speaker(_engines, _queue, _inbox, _options.Speaker with { Sound = Sound });
        ReplyDesk desk = null!;
        SessionTurns turns = null!;
        desk = new ReplyDesk(_dialogue, _queue, speaker, _inbox, Timeline, _options, Speculation) { OnEffect = action => TakeEffect(action, turns, desk, lane, speaker) };
        turns = new SessionTurns(_call.Info, _options, Timeline, _queue, lane, tone, desk, new Escalator(Timeline, Escalation), !_engines.Recognizer.NeedsExpectation)
        {
            Conclude = conclusion => Conclude(conclusion, turns),
            AskHold = _line.Hold,
            SetFloor = SetFloor,
        };
        IVoiceStream voice = _engines.VoiceDetector.Open(activity => _inbox.Post(SessionMessage.Voice(activity)));
        _line.Listen();
        CallEnd end;
        await using (cancellationToken.Register(() => _inbox.Post(SessionMessage.Stop())))
        {
            turns.Start();
            _gate.Ambience = Sound.Ambience;
            _call.Audio.Start(_gate);
            end = await RunLoopAsync(turns, desk, voice, moods).ConfigureAwait(false);
        }

        _call.Audio.Stop();
        Supervision.End();
        await _line.EndAsync().ConfigureAwait(false);
        await ReleaseAsync(turns.Now,
            ("replies", desk.DisposeAsync().AsTask()),
            ("synthesiser", speaker.DisposeAsync().AsTask()),
            ("recogniser", lane.DisposeAsync().AsTask()),
            ("mood reading", moods.Completion),
            ("emotion", tone?.DisposeAsync().AsTask() ?? Task.CompletedTask),
            ("transfer", Task.WhenAll(_transfers.Select(transfer => transfer.DisposeAsync().AsTask()))),
            ("line", _line.Completion)).ConfigureAwait(false);
        voice.Dispose();
        // Last, and with a time of its own: its replies have let go of it.
        await ReleaseAsync(turns.Now, ("dialogue", _dialogue.DisposeAsync().AsTask())).ConfigureAwait(false);
        ReportDrops(turns.Now, lane, tone);
        string? disposition = (_conclusion as DialogueAction.HangUp)?.Disposition ?? (Transfer is { HasSucceeded: true } ? "transferred" : null);
        Timeline.Append(new TimelineEvent.Ended(end.Cause, end.By, end.Reason, disposition) { At = turns.Now });
        Timeline.Complete();
        return end;
    }

    /// <summary>After <see cref="RunAsync"/> has returned.</summary>
    public void Dispose() => _line.Dispose();

    /// <summary>Completes when all that was received is handled and nothing is under way; for replay and tests.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken) => _inbox.WhenIdleAsync(cancellationToken);

    /// <summary>Messages not handled yet; for tests in which work waits for a clock.</summary>
    internal int UnreadMessages => _inbox.Unread;

    /// <summary>Messages not handled yet, and work that will bring more; for tests of engines that never come back.</summary>
    internal int UnderWay => _inbox.UnderWay;

    private async Task<CallEnd> RunLoopAsync(SessionTurns turns, ReplyDesk desk, IVoiceStream voice, MoodReading moods)
    {
        while (await _inbox.WaitAsync().ConfigureAwait(false))
        {
            while (_inbox.TryRead(out SessionMessage message))
            {
                CallEnd? end = null;
                try
                {
                    end = Handle(message, turns, desk, voice);
                    moods.Follow();
                }
                catch (Exception e)
                {
                    // A bug in one call must end neither the process nor, if it can be helped, the call.
                    Log.HandlingFailed(_logger, e, _call.Info.Id, message.Kind);
                    Timeline.Append(new TimelineEvent.Failure("phoneagent", e.Message, $"{message.Kind} was skipped") { At = turns.Now });
                }
                finally
                {
                    _inbox.Done(message);
                }
                if (end is not null)
                    return end;
            }
        }
        throw new InvalidOperationException("The session's inbox ended before the call.");
    }

    private CallEnd? Handle(in SessionMessage message, SessionTurns turns, ReplyDesk desk, IVoiceStream voice)
    {
        switch (message.Kind)
        {
            case SessionMessageKind.Frame:
                ReadOnlySpan<short> frame = _inbox.Received;
                turns.OnFrame(message.Position, frame, _inbox.Sent);
                voice.Push(message.Position, frame);
                turns.Tick();
                Transfer?.Tick();
                break;
            case SessionMessageKind.Voice:
                turns.OnVoice(new VoiceActivity(message.Position, message.Value));
                break;
            case SessionMessageKind.Recognition:
                turns.OnRecognition(message.Number, (RecognitionResult)message.Payload!);
                break;
            case SessionMessageKind.Tone:
                turns.OnTone((ToneStep)message.Position, message.Number, (EmotionReading?)message.Payload);
                break;
            case SessionMessageKind.ReplyAction:
                desk.OnAction(message.Number, (DialogueAction)message.Payload!, turns.Now);
                break;
            case SessionMessageKind.ReplyEnded:
                desk.OnEnded(message.Number, (string?)message.Payload, turns.Now);
                break;
            case SessionMessageKind.FirstAudio:
                desk.OnFirstAudio(message.Number, turns.Now);
                break;
            case SessionMessageKind.SynthesisFailed:
                desk.OnSynthesisFailed(message.Number, (string)message.Payload!, turns.Now);
                break;
            case SessionMessageKind.Event:
                Timeline.Append((TimelineEvent)message.Payload! with { At = turns.Now });
                break;
            case SessionMessageKind.TransferResult:
                Transfer?.OnReferred((TransferResult)message.Payload!);
                break;
            case SessionMessageKind.Consultation:
                Transfer?.OnConsultation(message.Number, (ConsultationNews)message.Payload!);
                break;
            case SessionMessageKind.Supervisor:
                turns.OnSupervisor((SupervisorOrder)message.Payload!);
                break;
            case SessionMessageKind.Stop:
                _line.HangUp();
                break;
            case SessionMessageKind.Signal:
                return HandleSignal((CallSignal)message.Payload!, turns, voice);
        }
        return null;
    }

    private CallEnd? HandleSignal(CallSignal signal, SessionTurns turns, IVoiceStream voice)
    {
        switch (signal)
        {
            case CallSignal.Dtmf dtmf:
                turns.OnKey(dtmf.Digit, dtmf.Source);
                Transfer?.OnKey(dtmf);
                break;
            case CallSignal.Held held:
                voice.Reset();
                turns.OnHold(true, held.IsLost);
                Transfer?.OnCallerHold(true);
                break;
            case CallSignal.Resumed:
                voice.Reset();
                turns.OnHold(false);
                Transfer?.OnCallerHold(false);
                break;
            case CallSignal.Redirected moved:
                Timeline.Append(new TimelineEvent.Moved(moved.Target, null) { At = turns.Now });
                break;
            case CallSignal.RedirectionRefused refused:
                Timeline.Append(new TimelineEvent.Moved(refused.Target, refused.Reason) { At = turns.Now });
                break;
            case CallSignal.Ended ended:
                Transfer?.OnCallerEnded(ended.End);
                turns.OnEnded();
                return ended.End;
        }
        return null;
    }

    private void TakeEffect(DialogueAction action, SessionTurns turns, ReplyDesk desk, UtteranceLane lane, Speaker speaker)
    {
        switch (action)
        {
            case DialogueAction.Listen:
                lane.Prepare(new RecognitionRequest(desk.Expectation, turns.Language));
                break;
            case DialogueAction.SendDtmf { Digits: var digits }:
                _line.Run(token => _call.SendDtmfAsync(digits, token));
                break;
            case DialogueAction.UseVoice use:
                speaker.Manner = speaker.Manner.With(use);
                _gate.Ambience = speaker.Manner.Sound.Ambience;
                _agent = use.Agent ?? _agent;
                if (use.Language is not { } language || language == turns.Language)
                    break;
                turns.Language = language;
                Timeline.Append(new TimelineEvent.LanguageChanged(language) { At = turns.Now });
                break;
        }
    }

    /// <summary>The transfer that is under way, or was the last; null before the first.</summary>
    private TransferDesk? Transfer => _transfers.LastOrDefault();

    private void Conclude(DialogueAction conclusion, SessionTurns turns)
    {
        _conclusion = conclusion;
        if (conclusion is not DialogueAction.Transfer asked)
        {
            _line.HangUp();
            return;
        }
        // The first agent's people stay the same people when the session itself asks for them.
        asked = asked with { Humans = asked.Humans ?? (Transfers.Humans?.Number == asked.Target ? Transfers.Humans : null) };
        // The agent's own voice: how he speaks to this caller, his mood and his language, is not for the human.
        SpeakerOptions voice = _options.Speaker with { Sound = _agent?.Sound ?? Sound, Voice = _agent?.Voice ?? _options.Speaker.Voice };
        TransferSetup setup = _agent is { } agent ? Transfers with { Agent = agent.Name, Definition = agent } : Transfers;
        var parts = new TransferParts(_call, setup, _engines, Timeline, _inbox, _gate, voice, _line.Run, () => turns.Now);
        _transfers.Add(new TransferDesk(parts, asked, Transfer?.Number ?? 0)
        {
            Return = turns.OnTransferReturned,
            HangUpCaller = _line.HangUp,
        });
        Transfer!.Begin();
    }

    private void SetFloor(string? user)
    {
        if (user is null)
            Supervision.GiveFloor();
        else
            Supervision.TakeFloor(user);
        _gate.Other = Supervision.Floor?.Microphone;
    }

    /// <summary>Waits for these to let go of the call, all at once and not for ever: an engine that hangs must not keep it.</summary>
    private async Task ReleaseAsync(TimeSpan now, params (string Who, Task Released)[] parts)
    {
        await Task.WhenAll(parts.Select(part => part.Released)).WaitAsync(_options.ReleaseTimeout, _engines.Time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach ((string who, Task released) in parts)
        {
            if (released.IsCompletedSuccessfully)
                continue;
            string what = released.Exception?.GetBaseException().Message ?? $"did not let go of the call within {_options.ReleaseTimeout.TotalSeconds:0.#} s";
            Log.NotReleased(_logger, _call.Info.Id, who, what);
            Timeline.Append(new TimelineEvent.Failure(who, what, released.IsCompleted ? "the call was over" : "left running") { At = now });
        }
    }

    private void ReportDrops(TimeSpan now, UtteranceLane lane, EmotionLane? tone)
    {
        long drops = _inbox.DroppedFrames + _inbox.DroppedMessages + lane.DroppedFrames + (tone?.DroppedFrames ?? 0);
        if (drops == _reportedDrops)
            return;
        _reportedDrops = drops;
        Timeline.Append(new TimelineEvent.Dropped("frames or messages of a session that was too slow", drops) { At = now });
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: handling {Kind} failed; the call goes on")]
        public static partial void HandlingFailed(ILogger logger, Exception exception, string callId, SessionMessageKind kind);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: at its end the {Who} failed: {What}")]
        public static partial void NotReleased(ILogger logger, string callId, string who, string what);
    }
}
