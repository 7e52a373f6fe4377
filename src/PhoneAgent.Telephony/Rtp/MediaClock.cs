using Microsoft.Extensions.Logging;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Paces every call of the process from one thread (or a few): wakes for each slot that has calls, sleeps otherwise,
/// and rests while there are none. Thread-safe. Disposing stops the threads; clients are not disposed.
/// </summary>
public sealed partial class MediaClock : IDisposable
{
    private readonly Paced[] _threads;

    /// <param name="threads">More than one only when one cannot carry the load.</param>
    /// <param name="realTime">Real-time scheduling where the system allows it.</param>
    public MediaClock(ILogger logger, IPacer? pacer = null, int threads = 1, bool realTime = true)
    {
        pacer ??= new MonotonicPacer();
        _threads = new Paced[threads];
        for (var i = 0; i < threads; i++)
            _threads[i] = new Paced($"media-clock-{i}", pacer, logger, realTime);
    }

    /// <summary>Clients on the clock.</summary>
    public int Count => _threads.Sum(t => t.Schedule.Count);

    /// <summary>One entry per thread.</summary>
    public IReadOnlyList<Lateness> Lateness => Array.ConvertAll(_threads, t => t.Lateness);

    public void Add(IMediaClient client) => _threads.MinBy(t => t.Schedule.Count)!.Add(client);

    /// <summary>Takes a client off. A tick of it may still be running when this returns.</summary>
    public void Remove(IMediaClient client)
    {
        foreach (var thread in _threads)
            thread.Schedule.Remove(client);
    }

    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Dispose();
    }

    private sealed partial class Paced : IDisposable
    {
        private readonly IPacer _pacer;
        private readonly ILogger _logger;
        private readonly bool _realTime;
        private readonly Thread _thread;
        private readonly ManualResetEventSlim _hasWork = new();
        private volatile bool _stopping;

        public Paced(string name, IPacer pacer, ILogger logger, bool realTime)
        {
            _pacer = pacer;
            _logger = logger;
            _realTime = realTime;
            Schedule = new MediaSchedule(pacer.NowNs, Lateness);
            _thread = new Thread(Run) { Name = name, IsBackground = true, Priority = ThreadPriority.Highest };
            _thread.Start();
        }

        public Lateness Lateness { get; } = new();

        public MediaSchedule Schedule { get; }

        public void Add(IMediaClient client)
        {
            Schedule.Add(client);
            _hasWork.Set();
        }

        public void Dispose()
        {
            _stopping = true;
            _hasWork.Set();
            if (Thread.CurrentThread != _thread)
                _thread.Join();
            _hasWork.Dispose();
        }

        private void Run()
        {
            var level = MediaPriority.Raise(_realTime);
            if (level == MediaPriorityLevel.Normal)
                Log.NotRaised(_logger, MediaPriority.Nice);
            var limit = new BusyLimit(_pacer.NowNs);
            while (!_stopping)
            {
                if (Schedule.Count == 0)
                {
                    _hasWork.Reset();
                    if (Schedule.Count == 0 && !_stopping)
                        _hasWork.Wait();
                    Schedule.Resume(_pacer.NowNs);
                    limit = new BusyLimit(_pacer.NowNs);
                    continue;
                }
                var due = Schedule.NextDueNs;
                _pacer.SleepUntil(level == MediaPriorityLevel.RealTime ? limit.WakeNs(due, _pacer.NowNs) : due);
                Schedule.RunDue(_pacer.NowNs);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "The media thread runs at normal priority: the system allows this user neither real-time scheduling nor nice {Nice}. Grant CAP_SYS_NICE when packets leave late under load.")]
        public static partial void NotRaised(ILogger logger, int nice);
    }
}
