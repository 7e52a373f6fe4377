using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Which rows hold which data of a call.</summary>
internal static class CallTables
{
    /// <summary>Takes the data out of calls; all of it together, or none.</summary>
    public static async Task ForgetAsync(SqlSession session, CallData what, IReadOnlyList<string> calls)
    {
        foreach (string sql in StatementsOf(what))
            foreach (string call in calls)
                await session.ExecuteAsync(sql, new { call }).ConfigureAwait(false);
    }

    /// <summary>Whether a call still has the data, as a condition on <c>calls</c>.</summary>
    public static string Has(CallData what) => what switch
    {
        CallData.Recordings => "recording IS NOT NULL",
        CallData.Timelines => "EXISTS (SELECT 1 FROM call_events WHERE call_id = calls.id)",
        CallData.Transcripts => "(words IS NOT NULL OR report IS NOT NULL)",
        _ => "TRUE",
    };

    private static string[] StatementsOf(CallData what) => what switch
    {
        CallData.Recordings => ["UPDATE calls SET recording = NULL WHERE id = @call"],
        CallData.Timelines => ["DELETE FROM call_events WHERE call_id = @call"],
        CallData.Transcripts =>
        [
            "DELETE FROM call_events WHERE call_id = @call", "DELETE FROM call_lines WHERE call_id = @call",
            "UPDATE calls SET words = NULL, summary = NULL, report = NULL WHERE id = @call",
        ],
        _ =>
        [
            "DELETE FROM call_events WHERE call_id = @call", "DELETE FROM call_lines WHERE call_id = @call",
            "DELETE FROM call_escalations WHERE call_id = @call", "DELETE FROM calls WHERE id = @call",
            // Nobody is told of a call any more that nothing is known of.
            "DELETE FROM webhook_outbox WHERE call_id = @call", "DELETE FROM webhook_calls WHERE call_id = @call",
        ],
    };
}
