using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent explain</c>: why a call was, or was not, handed to a human.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommonOptions common)
    {
        var call = new Argument<string>("call") { Description = "The id of a call, or a file with its timeline, such as replay --json prints." };
        var command = new Command("explain", "Prints how the caller sounded and the signs of frustration in a call, added up, and what the rule made of them.") { call };
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            if (common.LoadOrExplain(result) is not { } config)
                return 1;
            string named = result.GetRequiredValue(call);
            IReadOnlyList<TimelineEvent>? events = File.Exists(named)
                ? await ReadFileAsync(named).ConfigureAwait(false)
                : await ReadAsync(config, named, cancellationToken).ConfigureAwait(false);
            return events is null ? 1 : Print(events);
        }));
        return command;
    }

    private static async Task<IReadOnlyList<TimelineEvent>?> ReadAsync(LoadedConfig config, string call, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = Setup.Services(config).AddSingleton(config).AddSingleton(TimeProvider.System).AddStorage().BuildServiceProvider();
        await services.OpenStorageAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TimelineEvent>? events = await services.GetRequiredService<ICallStore>().ReadTimelineAsync(call, cancellationToken).ConfigureAwait(false);
        if (events is null)
            Console.Error.WriteLine($"There is no call '{call}' in {services.GetRequiredService<SqlDatabase>().Place} (storage), nor a file of this name.");
        return events;
    }

    private static async Task<List<TimelineEvent>?> ReadFileAsync(string file)
    {
        var events = new List<TimelineEvent>();
        string[] lines = await File.ReadAllLinesAsync(file).ConfigureAwait(false);
        for (int i = 0; i < lines.Length; i++)
        {
            try
            {
                if (lines[i].Length > 0 && JsonSerializer.Deserialize<TimelineEvent>(lines[i], TimelineJson.Line) is { } happened)
                    events.Add(happened);
            }
            catch (JsonException) when (i > 0 && i == lines.Length - 1)
            {
                // A call that still runs, or one that was cut by a crash: its last line may be half.
                Console.Error.WriteLine($"{file}: the last line is cut off; the call before it is explained.");
            }
            catch (JsonException e)
            {
                Console.Error.WriteLine($"{file}, line {i + 1}: this is no event of a timeline: {e.Message}");
                return null;
            }
        }
        return events;
    }

    private static int Print(IReadOnlyList<TimelineEvent> events)
    {
        PrintTones([.. events.OfType<TimelineEvent.Emotion>().Where(tone => tone.IsFinal)]);
        PrintTransfers(events);
        List<TimelineEvent.Frustration> signs = [.. events.OfType<TimelineEvent.Frustration>()];
        if (signs.Count == 0)
        {
            AnsiConsole.WriteLine("There was no sign of frustration in this call.");
            return 0;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumns("At", "Sign", "Strength", "Adds", "Score", "What");
        foreach (TimelineEvent.Frustration sign in signs)
            table.AddRow(
                Seconds(sign.At), Words(sign.Source.ToString()), Number(sign.Strength, "0.00"), Number(sign.Amount, "+0.00;-0.00"),
                Number(sign.Score, "0.00"), Markup.Escape(sign.Detail));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("Between two signs the score fades by its half-life (the agent's escalation.half_life).");
        AnsiConsole.WriteLine(events.OfType<TimelineEvent.Escalated>().FirstOrDefault() is { } decision
            ? $"Handed to a human at {Seconds(decision.At)}: {Words(decision.Rule)}, score {Number(decision.Score, "0.00")}, "
                + $"{decision.Turns} turns and {Number(decision.Lasted.TotalSeconds, "0.0")} s above the threshold, by {decision.Sources}."
            : $"Not handed to a human by the rule; the highest score was {Number(signs.Max(sign => sign.Score), "0.00")}.");
        return 0;
    }

    private static void PrintTransfers(IReadOnlyList<TimelineEvent> events)
    {
        if (TransferStory.Of(events) is not { } story)
            return;
        var table = new Table().Border(TableBorder.Simple).AddColumns("At", "To", "Step", "Status", "Why");
        foreach (TimelineEvent.Transfer step in events.OfType<TimelineEvent.Transfer>())
            table.AddRow(Seconds(step.At), Markup.Escape(step.Target), Words(step.Step), step.StatusCode?.ToString(CultureInfo.InvariantCulture) ?? "", Markup.Escape(step.Detail ?? ""));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(story);
    }

    private static void PrintTones(List<TimelineEvent.Emotion> tones)
    {
        if (tones.Count == 0)
        {
            AnsiConsole.WriteLine("Nobody heard the caller's tone of voice in this call (emotion.enabled; 'phoneagent doctor').");
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumns("At", "Sounds", "Sure", "Also");
        foreach (TimelineEvent.Emotion tone in tones)
        {
            IEnumerable<string> others = tone.Probabilities.Where(p => p.Key != tone.Label && p.Value >= 0.05).OrderByDescending(p => p.Value).Select(p => $"{p.Key} {Number(p.Value, "0.00")}");
            table.AddRow(Seconds(tone.At), tone.Label, tone.Reason is null ? Number(tone.Confidence, "0.00") : "", Markup.Escape(tone.Reason ?? string.Join(", ", others)));
        }
        AnsiConsole.Write(table);
    }

    private static string Seconds(TimeSpan at) => $"{Number(at.TotalSeconds, "0.00")} s";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>"NotUnderstood" and "sustained-turns" for people.</summary>
    private static string Words(string name) =>
        string.Concat(name.Select((c, i) => c == '-' ? " " : char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}
