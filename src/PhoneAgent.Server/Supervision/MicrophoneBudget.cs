using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Supervision;

/// <summary>How much a microphone may send: twice what it hears, with four seconds in hand for a network that stalls.</summary>
internal sealed class MicrophoneBudget(TimeProvider time)
{
    private const double BytesPerSecond = 2.0 * sizeof(short) * AudioFormat.SampleRate;
    private const double Most = 4 * BytesPerSecond;

    private double _left = Most;
    private long _at = time.GetTimestamp();

    /// <summary>False: it is too much.</summary>
    public bool Take(int bytes)
    {
        long now = time.GetTimestamp();
        _left = Math.Min(Most, _left + time.GetElapsedTime(_at, now).TotalSeconds * BytesPerSecond);
        _at = now;
        if (bytes > _left)
            return false;
        _left -= bytes;
        return true;
    }
}
