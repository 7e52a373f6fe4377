using System.Diagnostics;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>This process among those that use a database, so that what it leaves behind when it dies can be told from what still runs.</summary>
internal sealed class NodeIdentity
{
    // Longer than a machine that is only slow keeps silent. On the same machine a dead process is seen at once.
    public static readonly TimeSpan SilentFor = TimeSpan.FromMinutes(1);

    private NodeIdentity(string host, int process, DateTimeOffset startedAt) => (Host, ProcessId, StartedAt) = (host, process, startedAt);

    public static NodeIdentity ThisProcess { get; } = Create();

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string Host { get; }

    public int ProcessId { get; }

    public DateTimeOffset StartedAt { get; }

    public Task SeenAsync(SqlSession session, DateTimeOffset now) => session.ExecuteAsync("""
        INSERT INTO nodes (id, host, process, process_started_at, seen_at) VALUES (@Id, @Host, @ProcessId, @StartedAt, @now)
        ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
        """, new { Id, Host, ProcessId, StartedAt, now });

    /// <summary>
    /// Nodes besides this one that are dead: their process is gone, or they were silent for <see cref="SilentFor"/> while
    /// <paramref name="sight"/> says that they could be heard.
    /// </summary>
    public async Task<IReadOnlyList<string>> DeadAsync(SqlDatabase database, OwnSight sight, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<Row> rows = await database.ReadAsync(session => session.QueryAsync<Row>("SELECT * FROM nodes WHERE id <> @Id", new { Id }), cancellationToken).ConfigureAwait(false);
        // Behind the answer, which may have been long in coming.
        DateTimeOffset now = time.GetUtcNow();
        bool isSilenceDeath = sight.Saw(now);
        return [.. rows.Where(row => (isSilenceDeath && now - row.SeenAt > SilentFor) || (row.Host == Host && !IsAlive(row))).Select(row => row.Id)];
    }

    private static NodeIdentity Create()
    {
        using Process self = Process.GetCurrentProcess();
        // Containers may share a machine's name; their process numbers are each their own.
        FileSystemInfo? numbers = File.Exists("/proc/self/ns/pid") ? File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false) : null;
        return new NodeIdentity($"{Environment.MachineName} {numbers?.Name}", self.Id, StartOf(self));
    }

    private static bool IsAlive(Row row)
    {
        try
        {
            using Process process = Process.GetProcessById((int)row.Process);
            // Numbers are used again. The clock may have been set in between: a second either way.
            return !process.HasExited && (StartOf(process) - row.ProcessStartedAt).Duration() < TimeSpan.FromSeconds(1);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static DateTimeOffset StartOf(Process process) => new DateTimeOffset(process.StartTime).ToUniversalTime();

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string Host { get; init; }
        public long Process { get; init; }
        public DateTimeOffset ProcessStartedAt { get; init; }
        public DateTimeOffset SeenAt { get; init; }
    }
}
