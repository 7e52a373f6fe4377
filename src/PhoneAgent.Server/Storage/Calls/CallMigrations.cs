using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>The tables of <see cref="ICallStore"/>.</summary>
// No foreign keys: events may be there before their call, and a call that is forgotten forgets its rows by name (CallTables).
internal static class CallMigrations
{
    public static readonly MigrationSet Set = new("calls", [new Migration(1, "calls, timelines, transcripts, nodes", First), new Migration(2, "finding redacted callers", Second)]);

    private static string Second(SqlDialect sql) => """
        ALTER TABLE calls ADD COLUMN party_hash TEXT;
        CREATE INDEX calls_party_hash ON calls (party_hash) WHERE party_hash IS NOT NULL;
        CREATE TABLE party_keys (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL);
        """;

    private static string First(SqlDialect sql) => $"""
        CREATE TABLE nodes (
            id TEXT PRIMARY KEY,
            host TEXT NOT NULL,
            process BIGINT NOT NULL,
            process_started_at BIGINT NOT NULL,
            seen_at BIGINT NOT NULL
        );
        CREATE TABLE calls (
            id TEXT PRIMARY KEY,
            node TEXT,
            agent TEXT,
            direction TEXT NOT NULL,
            caller TEXT NOT NULL,
            party TEXT NOT NULL,
            called TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            duration BIGINT NOT NULL,
            is_over BOOLEAN NOT NULL,
            cause TEXT,
            disposition TEXT,
            is_escalated BOOLEAN NOT NULL,
            recording TEXT,
            summary TEXT,
            words TEXT,
            report TEXT
        );
        CREATE INDEX calls_started_at ON calls (started_at DESC, id);
        CREATE INDEX calls_party ON calls (party);
        CREATE INDEX calls_disposition ON calls (disposition, started_at DESC);
        CREATE INDEX calls_running ON calls (node) WHERE NOT is_over;
        CREATE TABLE call_events (
            call_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            at BIGINT NOT NULL,
            event {sql.Bytes} NOT NULL,
            PRIMARY KEY (call_id, number)
        );
        CREATE TABLE call_lines (
            call_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            begins BIGINT NOT NULL,
            ends BIGINT NOT NULL,
            side TEXT NOT NULL,
            text TEXT NOT NULL,
            cut TEXT NOT NULL,
            is_urgent BOOLEAN NOT NULL,
            PRIMARY KEY (call_id, number)
        );
        CREATE TABLE call_escalations (
            call_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            at BIGINT NOT NULL,
            rule TEXT NOT NULL,
            score DOUBLE PRECISION NOT NULL,
            PRIMARY KEY (call_id, number)
        );
        """;
}
