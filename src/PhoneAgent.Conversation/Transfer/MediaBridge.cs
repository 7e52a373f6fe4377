using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>
/// Joins two calls in our media path: what one receives the other sends, a frame later at most as a rule, since each call has a tick of
/// its own. Who is left alone because the other side holds hears the music. Its two ends run on the media threads and
/// allocate nothing; everything else may be called from any thread.
/// </summary>
public sealed class MediaBridge
{
    private readonly End _first;
    private readonly End _second;

    /// <param name="music">Makes what one hears while the other holds; called once for each end, at once. Null: silence.</param>
    public MediaBridge(Func<IAudioPeer>? music = null)
    {
        var (forth, back) = (new FrameLane(), new FrameLane());
        _first = new End(forth, back, music?.Invoke());
        _second = new End(back, forth, music?.Invoke());
    }

    /// <summary>The bridge as the first call's audio sees it.</summary>
    public IAudioPeer First => _first;

    public IAudioPeer Second => _second;

    /// <summary>The first call's peer holds, or has come back.</summary>
    public bool IsFirstHeld
    {
        get => _second.IsAlone;
        set => _second.IsAlone = value;
    }

    public bool IsSecondHeld
    {
        get => _first.IsAlone;
        set => _first.IsAlone = value;
    }

    /// <summary>From here on both ends send silence and take nothing.</summary>
    public void Stop() => (_first.IsStopped, _second.IsStopped) = (true, true);

    /// <summary>Gaps in what was passed, and frames that found no room, both ways.</summary>
    public long Faults => _first.Incoming.Gaps + _first.Incoming.Lost + _second.Incoming.Gaps + _second.Incoming.Lost;

    private sealed class End(FrameLane outgoing, FrameLane incoming, IAudioPeer? music) : IAudioPeer
    {
        private volatile bool _isAlone;
        private volatile bool _isStopped;
        private bool _hasOther;

        public FrameLane Incoming => incoming;

        public bool IsAlone
        {
            get => _isAlone;
            set => _isAlone = value;
        }

        public bool IsStopped
        {
            get => _isStopped;
            set => _isStopped = value;
        }

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            if (_isStopped)
                return Silence(toSend);
            outgoing.Write(received, origin != FrameOrigin.Silence);
            if (_isAlone)
            {
                incoming.Skip();
                return music?.Exchange(position, origin, received, toSend) ?? Silence(toSend);
            }
            // The other call has not begun: nothing is missing yet.
            if (!_hasOther && !(_hasOther = incoming.HasAny))
                return Silence(toSend);
            return incoming.Read(toSend);
        }

        private static bool Silence(Span<short> frame)
        {
            frame.Clear();
            return false;
        }
    }
}
