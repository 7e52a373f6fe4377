using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>An INVITE that rings here. Answered, refused or given up: whatever comes first. Thread-safe.</summary>
internal sealed class SorceryIncomingCall : ISipIncomingCall
{
    private readonly SorceryCore _core;
    private readonly SIPRequest _invite;
    private readonly SIPUserAgent _userAgent;
    private readonly TaskCompletionSource _isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _rangAt;
    private SIPServerUserAgent? _server;
    private ITimer? _ringing;
    private int _settled;

    internal SorceryIncomingCall(SorceryCore core, SIPRequest invite, CallInfo info)
    {
        (_core, _invite, Info, _rangAt) = (core, invite, info, core.Time.GetTimestamp());
        _userAgent = SorceryLeg.Detached(core);
        // The library would send 180 reliably to everybody who knows how; ours does so only where it is required.
        if (!invite.Header.RequiredExtensions.Contains(SIPExtensions.Prack))
            invite.Header.SupportedExtensions.Remove(SIPExtensions.Prack);
    }

    public CallInfo Info { get; }

    /// <summary>100 and 180 go out, and the application has so long to answer.</summary>
    internal void Ring()
    {
        _userAgent.ServerCallCancelled += (_, _) => GiveUp();
        try
        {
            _server = _userAgent.AcceptCall(_invite);
        }
        catch
        {
            _core.EndCall();
            throw;
        }
        _core.Add(this);
        _ringing = _core.Time.CreateTimer(_ => Refuse(480), null, TimeSpan.FromSeconds(_core.Options.Inbound.RingSeconds), Timeout.InfiniteTimeSpan);
        if (_isOver.Task.IsCompleted)
            _ringing.Dispose();
    }

    internal void Refuse(int statusCode)
    {
        if (!TrySettle())
            return;
        _core.Refuse(_server!.ClientTransaction, statusCode);
        Finish();
    }

    public Task RefuseAsync(int statusCode, CancellationToken cancellationToken)
    {
        Refuse(statusCode);
        return Task.CompletedTask;
    }

    public async Task<ISipSession?> AcceptAsync(CancellationToken cancellationToken)
    {
        await RingLongEnoughAsync(cancellationToken).ConfigureAwait(false);
        if (!TrySettle())
            return null;
        ICallMedia media;
        try
        {
            var (address, advertised) = _core.LocalSide(_invite.RemoteSIPEndPoint);
            media = _core.Media.Create(Info.Id, address, advertised);
        }
        catch (PhoneLineException e)
        {
            SorceryLog.NoMedia(_core.Log, Info.Id, e);
            _core.Refuse(_server!.ClientTransaction, 503);
            Finish();
            return null;
        }
        var session = new SorcerySession(_core, Info, media);
        // The call is the session's to count from here on, answered or not.
        Finish(goesOn: true);
        if (await session.AnswerAsync(_userAgent, _server!, movedTo: null).ConfigureAwait(false))
            return session;
        await media.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    private async Task RingLongEnoughAsync(CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromMilliseconds(_core.Options.Inbound.AnswerAfterMilliseconds) - _core.Time.GetElapsedTime(_rangAt);
        if (left <= TimeSpan.Zero)
            return;
        await Task.WhenAny(_isOver.Task, Task.Delay(left, _core.Time, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The library has answered the CANCEL and the INVITE.</summary>
    private void GiveUp()
    {
        if (TrySettle())
            Finish();
    }

    private bool TrySettle() => Interlocked.Exchange(ref _settled, 1) == 0;

    private void Finish(bool goesOn = false)
    {
        _ringing?.Dispose();
        _core.Remove(this);
        if (!goesOn)
            _core.EndCall();
        _isOver.TrySetResult();
    }
}
