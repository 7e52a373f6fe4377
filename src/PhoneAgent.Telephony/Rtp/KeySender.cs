using System.Collections.Concurrent;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>Keys to be sent, and the one being sent. <see cref="Enqueue"/> is for any thread, the rest for the media thread.</summary>
internal sealed class KeySender
{
    private const string Keys = "0123456789*#ABCD";
    private const int ToneTicks = 6;
    private const int GapTicks = 4;
    private const int EndPackets = 3;
    private readonly ConcurrentQueue<Request> _requests = new();
    private readonly ToneGenerator _tone = new(AudioFormat.SampleRate);
    private Request? _current;
    private int _index;
    private int _tick;
    private volatile bool _abandoned;

    /// <summary>Waiting or being sent.</summary>
    public bool IsBusy => _current is not null || !_requests.IsEmpty;

    public static bool IsKey(char key) => Keys.Contains(char.ToUpperInvariant(key), StringComparison.Ordinal);

    /// <summary>The task ends when the last key is out.</summary>
    public Task Enqueue(string keys, CancellationToken cancellationToken)
    {
        var request = new Request(keys, cancellationToken);
        _requests.Enqueue(request);
        // The call may have ended since it was asked: nobody would ever answer.
        if (_abandoned)
            CancelWaiting();
        return request.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The call is over: nothing more will be sent.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _current?.Done.TrySetCanceled();
        CancelWaiting();
    }

    private void CancelWaiting()
    {
        while (_requests.TryDequeue(out var request))
            request.Done.TrySetCanceled();
    }

    /// <summary>Puts the tone, or the pause behind it, in the place of a 16 kHz frame.</summary>
    public void WriteTone(Span<short> frame)
    {
        if (_tick == 0)
            _tone.StartDigit(Keys[Code], ToneTicks * AudioFormat.FrameDuration);
        _tone.Fill(frame);
        Advance();
    }

    /// <summary>Sends what belongs into this tick as RFC 4733 events. True when audio must stay out of it.</summary>
    public bool SendEvents(RtpSender sender, byte payloadType, int unitsPerTick)
    {
        if (_tick >= ToneTicks)
        {
            Advance();
            return false;
        }
        var first = _tick == 0;
        if (first)
            sender.BeginEvent();
        var duration = (ushort)((_tick + 1) * unitsPerTick);
        var last = _tick == ToneTicks - 1;
        for (var i = 0; i < (last ? EndPackets : 1); i++)
            sender.SendEvent(payloadType, (byte)Code, first, last, duration);
        Advance();
        return true;
    }

    private int Code => Keys.IndexOf(char.ToUpperInvariant(_current!.Digits[_index]), StringComparison.Ordinal);

    /// <summary>Takes the next request when none is at work. False when there is nothing to send.</summary>
    public bool Begin()
    {
        while (_current is null || (_tick == 0 && _current.CancellationToken.IsCancellationRequested))
        {
            if (!_requests.TryDequeue(out _current))
                return false;
            (_index, _tick) = (0, 0);
        }
        return true;
    }

    private void Advance()
    {
        if (++_tick < ToneTicks + GapTicks)
            return;
        _tick = 0;
        if (++_index < _current!.Digits.Length)
            return;
        _current.Done.TrySetResult();
        _current = null;
    }

    private sealed record Request(string Digits, CancellationToken CancellationToken)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
