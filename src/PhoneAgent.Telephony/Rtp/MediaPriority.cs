using System.Runtime.InteropServices;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Raises the calling thread above others. .NET's thread priorities do nothing on Linux, so the kernel is asked: real-time
/// scheduling where we may have it and where it is wanted, else a nice value.
/// </summary>
internal static partial class MediaPriority
{
    public const int Nice = -11;
    private const int PriorityOfThread = 0;
    private const int Other = 0;
    private const int RoundRobin = 2;
    private const int RealTimePriority = 10;

    /// <summary>
    /// A thread inherits its maker's scheduling, and the runtime starts its pool's threads on whichever thread has work for
    /// them: without this flag recognisers would run above everything for the rest of the process.
    /// </summary>
    private const int ResetOnFork = 0x40000000;

    public static MediaPriorityLevel Raise(bool realTime)
    {
        if (!OperatingSystem.IsLinux())
            return MediaPriorityLevel.Normal;
        if (realTime && SetScheduler(0, RoundRobin | ResetOnFork, RealTimePriority) == 0)
            return MediaPriorityLevel.RealTime;
        return SetScheduler(0, Other | ResetOnFork, 0) == 0 && SetPriority(PriorityOfThread, 0, Nice) == 0
            ? MediaPriorityLevel.Nice
            : MediaPriorityLevel.Normal;
    }

    /// <summary>The scheduling policy of the calling thread: 0 is the ordinary one. −1 elsewhere than on Linux.</summary>
    internal static int PolicyOfThisThread() => OperatingSystem.IsLinux() ? GetScheduler(0) : -1;

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    private static partial int GetScheduler(int thread);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);
}

internal enum MediaPriorityLevel
{
    Normal,
    Nice,
    RealTime,
}
