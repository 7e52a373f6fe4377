using System.Data.Common;
using System.Threading.Channels;
using PhoneAgent.Server.Storage.Redaction;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>
/// Takes down all calls of this process, off their loops: changes queue here, and a loop of its own writes what has come together in
/// one transaction. While the database fails it tries again; what does not fit into the queue meanwhile is dropped, counted, and
/// made good at the end of its call. Thread-safe.
/// </summary>
/// <param name="gather">How long it waits for more changes before it writes; at most so old is what is on the disk.</param>
/// <param name="parties">Without it, nobody finds a redacted caller again.</param>
internal sealed partial class CallWriter(ICallLog log, TimeProvider time, ILogger<CallWriter> logger, TimeSpan gather, PartyKey? parties = null) : IAsyncDisposable
{
    /// <summary>An event is some 200 bytes; 500 calls make some 2,000 a second.</summary>
    public const int MaxWaiting = 50_000;

    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private const int MostAtOnce = 5_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    // A call that is over waits so long for its record, for whoever looks at it next.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    // Others take this process for dead after NodeIdentity.SilentFor.
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(10);

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task? _writing;
    private Task? _beating;
    private long _dropped;
    private long _written;
    private volatile string? _problem;

    /// <summary>Changes that were lost on the way since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Changes that are in the database since the start.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Why the database takes nothing now; null while it does.</summary>
    public string? Problem => _problem;

    internal string? HashOf(string caller) => parties?.Of(caller);

    /// <summary>Takes down a call that begins now.</summary>
    public KeptCall Keep(CallChange.Began call, CallTimeline timeline, RecordRedactor? redactor)
    {
        Start();
        return new KeptCall(this, call, timeline, redactor);
    }

    /// <summary>Never waits. False when the queue is full: the change is dropped.</summary>
    internal bool TryWrite(CallChange change)
    {
        Start();
        if (_items.Writer.TryWrite(new Item(change, null)))
            return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Waits until it is in the database, or for a while.</summary>
    /// <returns>Whether it is.</returns>
    internal async Task<bool> WriteAsync(CallChange change)
    {
        Start();
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await _items.Writer.WriteAsync(new Item(change, done), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            Interlocked.Increment(ref _dropped);
            return false;
        }
        try
        {
            return await done.Task.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>From now on others can tell that this process lives. The first call begins it anyway.</summary>
    public void Start()
    {
        if (_writing is not null)
            return;
        lock (_lock)
        {
            _beating ??= Task.Run(BeatAsync);
            _writing ??= Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<Item>();
        while (await _items.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (gather > TimeSpan.Zero && !_stop.IsCancellationRequested)
                await WaitAsync(gather).ConfigureAwait(false);
            while (batch.Count < MostAtOnce && _items.Reader.TryRead(out Item item))
                batch.Add(item);
            await WriteAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<Item> batch)
    {
        List<CallChange> changes = [.. batch.Select(item => item.Change)];
        while (true)
        {
            try
            {
                await log.WriteAsync(changes, CancellationToken.None).ConfigureAwait(false);
                Tell(batch, isWritten: true);
                Interlocked.Add(ref _written, batch.Count);
                WorksAgain();
                return;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                if (await CanWriteAsync().ConfigureAwait(false))
                {
                    // The database is well, so one of these it will never take; the others must not wait for it.
                    await WriteOneByOneAsync(batch).ConfigureAwait(false);
                    WorksAgain();
                    return;
                }
                if (_problem is null)
                    Log.CannotWrite(logger, e.Message);
                _problem = e.Message;
                // Whoever waits is told now; it is tried again without him.
                Tell(batch, isWritten: false);
                if (_stop.IsCancellationRequested)
                {
                    Interlocked.Add(ref _dropped, batch.Count);
                    return;
                }
                await WaitAsync(RetryAfter).ConfigureAwait(false);
            }
        }
    }

    private void WorksAgain()
    {
        if (_problem is not null)
            Log.WorksAgain(logger, Dropped);
        _problem = null;
    }

    private async Task WriteOneByOneAsync(List<Item> batch)
    {
        foreach (Item item in batch)
        {
            try
            {
                await log.WriteAsync([item.Change], CancellationToken.None).ConfigureAwait(false);
                item.Done?.TrySetResult(true);
                Interlocked.Increment(ref _written);
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                Log.Refused(logger, item.Change.CallId, item.Change.GetType().Name, e.Message);
                item.Done?.TrySetResult(false);
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    private async Task<bool> CanWriteAsync()
    {
        try
        {
            await log.WriteAsync([], CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            return false;
        }
    }

    // An empty write says that this process is alive.
    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(BeatEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                await CanWriteAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private async Task WaitAsync(TimeSpan duration)
    {
        try
        {
            await Task.Delay(duration, time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // At the end nothing is waited for.
        }
    }

    private static void Tell(List<Item> batch, bool isWritten)
    {
        foreach (Item item in batch)
            item.Done?.TrySetResult(isWritten);
    }

    /// <summary>Writes what still waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_writing is { } writing)
            await writing.ConfigureAwait(false);
        if (_beating is { } beating)
            await beating.ConfigureAwait(false);
        _stop.Dispose();
    }

    private readonly record struct Item(CallChange Change, TaskCompletionSource<bool>? Done);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "What happens in calls cannot be written to the database: {Reason} Calls go on, and it is tried again. Check storage and the space on its disk.")]
        public static partial void CannotWrite(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The database takes calls again; {Dropped} changes were dropped since the start, events among them are written at the end of their calls")]
        public static partial void WorksAgain(ILogger logger, long dropped);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: the database refuses a change ({Kind}): {Reason}")]
        public static partial void Refused(ILogger logger, string callId, string kind, string reason);
    }
}
