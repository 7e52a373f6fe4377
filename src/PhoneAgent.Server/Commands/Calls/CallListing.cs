using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using Spectre.Console;

namespace PhoneAgent.Server.Commands.Calls;

/// <summary><c>calls list</c> and <c>calls show</c>. Nothing is redacted here: who may read the database may read this.</summary>
internal static class CallListing
{
    private static readonly RecordJson Json = new(isRedacted: false);

    public static async Task<int> ListAsync(CallTools tools, HistoryQuery query, int limit, bool isJson, CancellationToken cancellationToken)
    {
        if (query.Problem() is { } problem)
            return tools.Refuse(problem);
        int total = (await tools.Calls.SearchAsync(query with { PageSize = 1 }, cancellationToken).ConfigureAwait(false)).Total;
        List<CallRecord> calls = await tools.Calls.AllAsync(query, cancellationToken).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (isJson)
        {
            tools.Out.WriteLine(new JsonArray([.. calls.Select(Json.Of)]).ToJsonString(new JsonSerializerOptions(RecordJson.Options) { WriteIndented = true }));
            return 0;
        }
        var table = new Table().AddColumns("call", "began (UTC)", "", "party", "line", "lasted", "disposition", "ended", "");
        foreach (CallRecord call in calls)
            table.AddRow([.. Cells(call).Select(Markup.Escape)]);
        if (calls.Count > 0)
            Terminal.For(tools.Out).Write(table);
        tools.Error.WriteLine(calls.Count < total ? $"{calls.Count} of {total} calls; --limit shows more." : calls.Count == 0 ? "No call fits." : $"{total} {(total == 1 ? "call" : "calls")}.");
        return 0;
    }

    public static async Task<int> ShowAsync(CallTools tools, string id, bool isJson, bool everything, CancellationToken cancellationToken)
    {
        CallRecord? call = await tools.Calls.FindAsync(id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TimelineEvent>? events = await tools.Calls.ReadTimelineAsync(id, cancellationToken).ConfigureAwait(false);
        if (call is null && events is null)
            return tools.Refuse(tools.NoCall(id));
        if (isJson)
        {
            JsonObject whole = call is null ? new JsonObject { ["timeline"] = Json.Of(events!) } : await Json.WholeAsync(call, tools.Calls, cancellationToken).ConfigureAwait(false);
            tools.Out.WriteLine(whole.ToJsonString(new JsonSerializerOptions(RecordJson.Options) { WriteIndented = true }));
            return 0;
        }
        IAnsiConsole console = Terminal.For(tools.Out);
        if (call is null)
            console.WriteLine($"Call {id} is not over.");
        else
            await ShowRecordAsync(tools, call, console, cancellationToken).ConfigureAwait(false);
        console.WriteLine();
        if (events is null)
            console.WriteLine("The timeline is not kept any more.");
        foreach (TimelineEvent happened in events ?? [])
            TimelinePrinter.Print(console, happened, everything);
        return 0;
    }

    private static async Task ShowRecordAsync(CallTools tools, CallRecord call, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var head = new Grid().AddColumns(2);
        void Row(string name, string? value)
        {
            if (value is not null)
                head.AddRow(name, Markup.Escape(value));
        }

        Row("call", call.Id);
        Row("began", $"{call.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC, lasted {Lasted(call)}");
        Row(call.Direction == CallDirection.Inbound ? "from" : "to", call.Caller);
        Row("line", call.Called);
        Row("disposition", call.Disposition);
        Row("ended", call.Cause is { } cause ? ConfigValue.EnumText(cause.ToString()) : "cut off");
        Row("escalated", call.IsEscalated ? "because of frustration" : null);
        Row("recording", await tools.Calls.RecordingOfAsync(call.Id, cancellationToken).ConfigureAwait(false));
        Row("summary", call.Summary);
        console.Write(head);
        console.WriteLine();
        foreach (CallLine line in await tools.Calls.ReadTranscriptAsync(call.Id, cancellationToken).ConfigureAwait(false))
            console.MarkupLineInterpolated($"[dim]{line.Begins.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),8}[/]  {line.Side,-7} {line.Text}{(line.Cut.Length > 0 ? $" (not heard: {line.Cut})" : "")}");
    }

    private static IEnumerable<string> Cells(CallRecord call) =>
    [
        call.Id, call.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), call.Direction == CallDirection.Inbound ? "from" : "to", call.Caller, call.Called,
        Lasted(call), call.Disposition ?? "", call.Cause is { } cause ? ConfigValue.EnumText(cause.ToString()) : "cut off",
        string.Join(", ", (string[])[.. call.IsEscalated ? ["escalated"] : Array.Empty<string>(), .. call.HasRecording ? ["recorded"] : Array.Empty<string>()]),
    ];

    private static string Lasted(CallRecord call) => string.Create(CultureInfo.InvariantCulture, $"{(int)call.Duration.TotalMinutes}:{call.Duration.Seconds:00}");
}
