using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>
/// Joins two calls in our media path: what one receives the other sends, a frame or two later, since each call has a
/// tick of its own. Allocates nothing while it runs.
/// </summary>
internal sealed class CallBridge
{
    public CallBridge()
    {
        var (forth, back) = (new FrameRing(), new FrameRing());
        (First, Second) = (new End(forth, back), new End(back, forth));
    }

    public IAudioPeer First { get; }

    public IAudioPeer Second { get; }

    private sealed class End(FrameRing outgoing, FrameRing incoming) : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            outgoing.Write(received);
            return incoming.Read(toSend);
        }
    }

    /// <summary>One writer, one reader, each on its own thread perhaps.</summary>
    private sealed class FrameRing
    {
        private const int Frames = 8;

        /// <summary>From here on delay has built up and is skipped.</summary>
        private const int MaxWaiting = 4;

        private readonly short[] _samples = new short[Frames * AudioFormat.FrameSamples];
        private int _written;
        private int _read;

        public void Write(ReadOnlySpan<short> frame)
        {
            int written = _written;
            // A reader that stands still loses the newest: he is on hold or gone.
            if (written - Volatile.Read(ref _read) >= Frames)
                return;
            frame.CopyTo(Slot(written));
            Volatile.Write(ref _written, written + 1);
        }

        public bool Read(Span<short> frame)
        {
            int waiting = Volatile.Read(ref _written) - _read;
            if (waiting == 0)
            {
                frame.Clear();
                return false;
            }
            int read = waiting > MaxWaiting ? _read + waiting - 1 : _read;
            Slot(read).CopyTo(frame);
            Volatile.Write(ref _read, read + 1);
            return true;
        }

        private Span<short> Slot(int number) =>
            _samples.AsSpan((int)((uint)number % Frames) * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
    }
}
