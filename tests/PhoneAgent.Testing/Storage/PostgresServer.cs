using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace PhoneAgent.Testing.Storage;

/// <summary>
/// A real PostgreSQL of this test process alone: made in a temporary folder when a test first asks, reached over a Unix socket in
/// it (no port), stopped and removed when the process ends, however it ends. Thread-safe.
/// </summary>
/// <example><code>
/// [RequiresFact(nameof(Missing))] … public static string? Missing => PostgresServer.Missing;
/// await using var database = new PostgresDatabase(await PostgresServer.NewDatabaseAsync(), password: null);
/// await database.MigrateAsync(Schema.All, time, default);
/// </code></example>
public static class PostgresServer
{
    private const string Root = "/usr/lib/postgresql";

    // It waits for the end of its input, which comes also when the test process is killed.
    private const string Script = """
        set -eu
        cd "$1"
        "$2/initdb" --pgdata=data --username=phoneagent --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions >initdb.log 2>&1
        "$2/postgres" -D data -k "$1" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
            -c max_connections=400 -c shared_buffers=32MB -c log_min_messages=fatal >postgres.log 2>&1 </dev/null &
        server=$!
        tries=0
        until "$2/pg_isready" -q -h "$1"; do
            kill -0 $server
            tries=$((tries + 1)); [ $tries -lt 600 ]
            sleep 0.1
        done
        echo ready
        read -r _ || true
        kill -QUIT $server
        wait $server || true
        rm -rf data
        """;

    private static readonly Lazy<Task<string>> Started = new(StartAsync);
    private static int _databases;

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? Missing { get; } = Find() is null ? $"no PostgreSQL in {Root}: apt-get install postgresql-15" : null;

    /// <summary>The connection string of an empty schema that nobody else uses.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        string folder = await Started.Value;
        string schema = $"test_{Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture)}";
        var builder = new NpgsqlConnectionStringBuilder { Host = folder, Username = "phoneagent", Database = "postgres", Timeout = 60, Pooling = false };
        await using (var connection = new NpgsqlConnection(builder.ToString()))
        {
            await connection.OpenAsync();
            await using var create = new NpgsqlCommand($"CREATE SCHEMA {schema}", connection);
            await create.ExecuteNonQueryAsync();
        }
        return new NpgsqlConnectionStringBuilder(builder.ToString()) { SearchPath = schema, Pooling = true, MaxPoolSize = 20 }.ToString();
    }

    private static string? Find() => Directory.Exists(Root)
        ? Directory.EnumerateDirectories(Root).Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderByDescending(bin => int.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)), out int version) ? version : 0).FirstOrDefault()
        : null;

    private static async Task<string> StartAsync()
    {
        string bin = Find() ?? throw new InvalidOperationException(Missing);
        // Short: a socket's path has at most 107 bytes.
        string folder = Directory.CreateTempSubdirectory("pa-pg-").FullName;
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Environment.IsPrivilegedProcess)
        {
            // initdb refuses root.
            string user = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
            using (Process chown = Process.Start("chown", [user, folder]))
                await chown.WaitForExitAsync();
            start.FileName = "setpriv";
            foreach (string argument in (string[])[$"--reuid={user}", "--regid=nogroup", "--clear-groups", "/bin/sh"])
                start.ArgumentList.Add(argument);
        }
        foreach (string argument in (string[])["-c", Script, "sh", folder, bin])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(process, folder);
        if (await process.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException($"PostgreSQL does not start: {Log(folder, "initdb.log")}{Log(folder, "postgres.log")}");
        return folder;
    }

    private static void Stop(Process process, string folder)
    {
        process.StandardInput.Close();
        if (process.WaitForExit(TimeSpan.FromSeconds(10)) && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static string Log(string folder, string name) => File.Exists(Path.Combine(folder, name)) ? File.ReadAllText(Path.Combine(folder, name)) : "";
}
