using System.Globalization;
using PhoneAgent.Server.Hosting;
using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary>Prints a timeline for a person, one line an event: media time, who, what.</summary>
internal static class TimelinePrinter
{
    /// <summary>Prints until the timeline is complete.</summary>
    /// <param name="everything">Also what only matters when something is looked into: states, interim words, speculation.</param>
    public static async Task RunAsync(CallTimeline timeline, bool everything, CancellationToken cancellationToken)
    {
        await foreach (TimelineEvent timelineEvent in timeline.Subscribe().ReadAllAsync(cancellationToken).ConfigureAwait(false))
            Print(AnsiConsole.Console, timelineEvent, everything);
    }

    public static void Print(IAnsiConsole console, TimelineEvent timelineEvent, bool everything)
    {
        if (TimelineWords.Describe(timelineEvent, everything) is { } line)
            console.MarkupLineInterpolated($"[dim]{timelineEvent.At.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),8}[/]  {line.Who,-7} {line.What}");
    }
}
