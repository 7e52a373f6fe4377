using System.Runtime.InteropServices;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// CLOCK_MONOTONIC with absolute sleeps (no drift from the time between asking and sleeping, no timer objects).
/// Elsewhere than on Linux it waits on a handle and is as exact as the system's timer.
/// </summary>
public sealed partial class MonotonicPacer : IPacer
{
    private const int ClockMonotonic = 1;
    private const int TimerAbsoluteTime = 1;
    private const int SetTimerSlack = 29;
    private static readonly double NsPerTimestamp = 1e9 / TimeProvider.System.TimestampFrequency;
    [ThreadStatic]
    private static bool _slackIsSet;
    private static readonly ManualResetEventSlim Never = new();

    public long NowNs => NsPerTimestamp == 1.0 ? TimeProvider.System.GetTimestamp() : (long)(TimeProvider.System.GetTimestamp() * NsPerTimestamp);

    public void SleepUntil(long ns)
    {
        if (!OperatingSystem.IsLinux())
        {
            var left = ns - NowNs;
            if (left > 0)
                Never.Wait(TimeSpan.FromMilliseconds(Math.Max(1, left / 1_000_000)));
            return;
        }
        if (!_slackIsSet)
        {
            // The kernel may wake a thread 50 µs late to save power; a media thread asks for 1 µs.
            _ = PrCtl(SetTimerSlack, 1000, 0, 0, 0);
            _slackIsSet = true;
        }
        var until = new TimeSpec { Seconds = (nint)(ns / 1_000_000_000), Nanoseconds = (nint)(ns % 1_000_000_000) };
        while (NowNs < ns && ClockNanosleep(ClockMonotonic, TimerAbsoluteTime, in until, 0) != 0)
        {
            // EINTR: the moment is absolute, sleep on.
        }
    }

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in TimeSpec request, nint remain);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);
}
