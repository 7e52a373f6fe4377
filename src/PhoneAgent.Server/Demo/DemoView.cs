using System.Globalization;
using PhoneAgent.Conversation.Hearing;
using Spectre.Console;

namespace PhoneAgent.Server.Demo;

/// <summary>
/// Shows a conversation as it happens: the caller on the left, the agent on the right, and between them what was
/// measured at the caller's ear. Plain lines where nobody looks at a terminal. Thread-safe.
/// </summary>
internal sealed class DemoView(IAnsiConsole console, bool columns)
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _gaps = [];
    private readonly List<TimeSpan> _cuts = [];

    public void On(DemoEvent demoEvent)
    {
        lock (_lock)
        {
            switch (demoEvent)
            {
                case DemoEvent.Said said:
                    Caller(said.Interrupting ? $"(interrupts) {said.Text}" : said.Text);
                    break;
                case DemoEvent.Answered answered:
                    _gaps.Add(answered.Gap);
                    Note($"answered after {Ms(answered.Gap)}");
                    break;
                case DemoEvent.AgentStopped stopped:
                    _cuts.Add(stopped.After);
                    Note($"fell silent after {Ms(stopped.After)}");
                    break;
            }
        }
    }

    /// <summary>The agent's side, from its timeline.</summary>
    public void On(TimelineEvent timelineEvent)
    {
        lock (_lock)
        {
            switch (timelineEvent)
            {
                case TimelineEvent.AgentSentence sentence:
                    Agent(sentence.Text);
                    break;
                case TimelineEvent.Heard { Interrupted: true } heard:
                    Note($"the caller heard “{heard.Text}”");
                    break;
                case TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized } final:
                    Note($"understood “{final.Text}” ({final.Confidence.ToString("0.00", CultureInfo.InvariantCulture)})");
                    break;
                case TimelineEvent.Final final:
                    Note($"not understood ({final.Outcome})");
                    break;
                case TimelineEvent.Noted noted:
                    Note($"noted {noted.Key}: {noted.Value}");
                    break;
                case TimelineEvent.Failure failure:
                    Note($"{failure.Who} failed: {failure.What}");
                    break;
            }
        }
    }

    public void Summary()
    {
        lock (_lock)
        {
            console.WriteLine();
            if (_gaps.Count > 0)
            {
                List<TimeSpan> sorted = [.. _gaps.Order()];
                console.MarkupLineInterpolated($"Response gap at the caller's ear, {sorted.Count} turns: median {Ms(sorted[(sorted.Count - 1) / 2])}, longest {Ms(sorted[^1])}");
            }
            foreach (TimeSpan cut in _cuts)
                console.MarkupLineInterpolated($"Interrupted: the agent was silent {Ms(cut)} after the caller began to speak");
        }
    }

    private int Half => Math.Clamp(console.Profile.Width, 60, 120) / 2;

    private void Caller(string text)
    {
        if (columns)
            Row(new Padder(new Markup($"[yellow]{text.EscapeMarkup()}[/]"), new Padding(0, 1, 2, 0)), new Text(""));
        else
            console.MarkupLineInterpolated($"caller: {text}");
    }

    private void Agent(string text)
    {
        if (columns)
            Row(new Text(""), new Markup($"[aqua]{text.EscapeMarkup()}[/]"));
        else
            console.MarkupLineInterpolated($"agent:  {text}");
    }

    private void Note(string text)
    {
        if (columns)
            Row(new Text(""), new Markup($"[dim]{text.EscapeMarkup()}[/]"));
        else
            console.MarkupLineInterpolated($"        ({text})");
    }

    private void Row(Spectre.Console.Rendering.IRenderable left, Spectre.Console.Rendering.IRenderable right)
    {
        var grid = new Grid { Width = Half * 2 };
        grid.AddColumn(new GridColumn { Width = Half, Padding = new Padding(0) });
        grid.AddColumn(new GridColumn { Width = Half, Padding = new Padding(0) });
        grid.AddRow(left, right);
        console.Write(grid);
    }

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms";
}
