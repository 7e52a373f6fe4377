using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PhoneAgent.Inference.SpeechCache;

/// <summary>
/// The files of the cache. A file appears under its name only when it is complete; one that is damaged is dropped when it is
/// read. What was used last stays, up to the given size. A folder that cannot be used is said once, and nothing is kept.
/// One store serves the whole process; thread-safe. Several processes may share a folder.
/// </summary>
public sealed partial class SpeechCacheStore : IAsyncDisposable
{
    private const int MaxWaiting = 64;
    private const string Unfinished = ".tmp";

    /// <summary>What another process may still be writing is left alone.</summary>
    private static readonly TimeSpan UnfinishedFor = TimeSpan.FromHours(1);

    private readonly string folder;
    private readonly long maxBytes;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> files = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byUse = [];
    private readonly Channel<(string Name, CachedSpeech Speech)> waiting;
    private readonly Task writing;
    private long bytes;
    private long dropped;
    private bool unusable;

    private sealed record Entry(string Name, long Bytes);

    public SpeechCacheStore(SpeechCacheOptions options, TimeProvider time, ILogger<SpeechCacheStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        folder = Path.GetFullPath(options.Folder);
        maxBytes = options.MaxMegabytes * 1_000_000L;
        this.time = time;
        this.logger = logger ?? NullLogger<SpeechCacheStore>.Instance;
        waiting = Channel.CreateBounded<(string, CachedSpeech)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        Guard(Open);
        writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Bytes on disk.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
                return bytes;
        }
    }

    /// <summary>Phrases that were not kept because the disk was too slow.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    internal bool Has(string name)
    {
        lock (gate)
            return files.ContainsKey(name);
    }

    /// <summary>Null when it is not there, or damaged.</summary>
    internal async Task<CachedSpeech?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (!Has(name))
            return null;
        var path = Path.Combine(folder, name);
        try
        {
            if (new FileInfo(path).Length <= CachedSpeech.MaxFileBytes
                && CachedSpeech.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)) is { } speech)
            {
                Touch(name, path);
                return speech;
            }
            Log.Damaged(logger, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRead(logger, path, e.Message); // deleted by somebody: made again
        }
        Forget(name);
        return null;
    }

    /// <summary>Keeps a phrase soon; returns at once, and drops it when the disk is far behind.</summary>
    internal void Keep(string name, CachedSpeech speech)
    {
        if (!waiting.Writer.TryWrite((name, speech)))
            Interlocked.Increment(ref dropped);
    }

    internal async Task WriteAsync(string name, CachedSpeech speech, CancellationToken cancellationToken)
    {
        var content = speech.ToBytes();
        if (unusable || speech.IsTooLong || content.Length > maxBytes)
            return;
        var unfinished = Path.Combine(folder, $"{name}.{Guid.NewGuid():N}{Unfinished}");
        try
        {
            await using (var file = new FileStream(unfinished, NewFile()))
                await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            File.Move(unfinished, Path.Combine(folder, name), overwrite: true);
            Enter(new Entry(name, content.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, folder, e.Message);
            Guard(() => File.Delete(unfinished));
        }
    }

    /// <summary>Writes what still waits.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await writing.ConfigureAwait(false);
    }

    private async Task WriteAllAsync()
    {
        await foreach (var (name, speech) in waiting.Reader.ReadAllAsync().ConfigureAwait(false))
            await WriteAsync(name, speech, CancellationToken.None).ConfigureAwait(false);
    }

    private void Open()
    {
        Directory.CreateDirectory(folder);
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var file in new DirectoryInfo(folder).GetFiles().OrderBy(f => f.LastWriteTimeUtc))
        {
            if (file.Name.EndsWith(SpeechCacheKey.Extension, StringComparison.Ordinal))
                Enter(new Entry(file.Name, file.Length));
            else if (file.Name.EndsWith(Unfinished, StringComparison.Ordinal) && now - file.LastWriteTimeUtc > UnfinishedFor)
                file.Delete();
        }
    }

    private void Enter(Entry entry)
    {
        var surplus = new List<string>();
        lock (gate)
        {
            Remove(entry.Name);
            files[entry.Name] = byUse.AddLast(entry);
            bytes += entry.Bytes;
            while (bytes > maxBytes && byUse.First is { } oldest)
            {
                surplus.Add(oldest.Value.Name);
                Remove(oldest.Value.Name);
            }
        }
        foreach (var name in surplus)
            Guard(() => File.Delete(Path.Combine(folder, name)));
    }

    private void Remove(string name)
    {
        if (!files.Remove(name, out var node))
            return;
        bytes -= node.Value.Bytes;
        byUse.Remove(node);
    }

    private void Forget(string name)
    {
        lock (gate)
            Remove(name);
        Guard(() => File.Delete(Path.Combine(folder, name)));
    }

    /// <summary>Its place in the order of use; the file's time tells it to the next run.</summary>
    private void Touch(string name, string path)
    {
        lock (gate)
        {
            if (!files.TryGetValue(name, out var node))
                return;
            byUse.Remove(node);
            byUse.AddLast(node);
        }
        Guard(() => File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime));
    }

    /// <summary>Nobody else on the machine needs to hear what an agent says.</summary>
    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private void Guard(Action disk)
    {
        try
        {
            disk();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unusable |= !Directory.Exists(folder);
            Log.NotWritten(logger, folder, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The kept phrase {Path} is damaged; it is made again")]
        public static partial void Damaged(ILogger logger, string path);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The kept phrase {Path} cannot be read: {Reason}")]
        public static partial void NotRead(ILogger logger, string path, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The speech cache {Folder} cannot be written: {Reason} Phrases are made anew each time.")]
        public static partial void NotWritten(ILogger logger, string folder, string reason);
    }
}
