namespace PhoneAgent.Telephony.Rtp;

/// <summary>The monotonic clock that media is paced by, and a way to wait on it.</summary>
public interface IPacer
{
    /// <summary>Nanoseconds since any fixed moment.</summary>
    long NowNs { get; }

    /// <summary>Blocks the calling thread until that moment; returns at once when it has passed.</summary>
    void SleepUntil(long ns);
}
