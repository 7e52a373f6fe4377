using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>What one page with one call has been told, and what it must be told now. For one page; not thread-safe.</summary>
/// <param name="seen">Events that the page shows already.</param>
internal sealed class CallStream(CallFollower call, int seen, IServiceProvider services, ILoggerFactory loggers)
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, string> _parts = [];
    private readonly byte[] _caller = new byte[WaveformPeaks.Capacity];
    private readonly byte[] _agent = new byte[WaveformPeaks.Capacity];
    private int _seen = seen;
    private int _nextPeak;
    private int _samplesPerPeak;
    private (int, int) _mood = (-1, -1);
    private bool _toldOver;

    public async Task<IReadOnlyList<SseItem<string>>> LookAsync()
    {
        if (_toldOver)
            return [];
        CallNews news = call.NewsSince(_seen);
        List<SseItem<string>> items = [Chart(news)];
        if (news.Events.Count > 0 || _parts.Count == 0)
            items.Add(await PartsAsync(news).ConfigureAwait(false));
        _seen = news.View.Version;
        if (news.View.IsOver)
        {
            _toldOver = true;
            items.Add(new SseItem<string>("null", "over"));
        }
        return items;
    }

    private async Task<SseItem<string>> PartsAsync(CallNews news)
    {
        var fragments = new Fragments(services, loggers);
        await using (fragments.ConfigureAwait(false))
        {
            var parts = new Dictionary<string, string>();
            await AddAsync("head", fragments.RenderAsync<CallHead>((nameof(CallHead.Call), news.View))).ConfigureAwait(false);
            await AddAsync("latency", fragments.RenderAsync<Waterfall>((nameof(Waterfall.Turns), news.Latencies.Select(LatencyTurn.From).ToList()))).ConfigureAwait(false);
            await AddAsync("signs", fragments.RenderAsync<SignList>((nameof(SignList.Signs), news.Signs))).ConfigureAwait(false);
            await AddAsync("tools", fragments.RenderAsync<ToolList>((nameof(ToolList.Tools), news.Tools.Select(ToolUse.From).ToList()))).ConfigureAwait(false);
            var lines = new List<LineHtml>();
            foreach (TranscriptLine line in news.Lines)
                lines.Add(new LineHtml(line.Number, await fragments.RenderAsync<TranscriptItem>((nameof(TranscriptItem.Line), line)).ConfigureAwait(false)));
            List<EventLine> happened = [.. news.Events.Select(e => EventLine.From(e.Event)).OfType<EventLine>()];
            string events = await fragments.RenderAsync<EventItems>((nameof(EventItems.Events), happened)).ConfigureAwait(false);
            // A browser that comes again says this number, and gets what it missed.
            string id = news.View.Version.ToString(CultureInfo.InvariantCulture);
            return new SseItem<string>(JsonSerializer.Serialize(new { parts, lines, events }, Json), "parts") { EventId = id };

            async Task AddAsync(string name, Task<string> rendering)
            {
                string html = await rendering.ConfigureAwait(false);
                if (_parts.GetValueOrDefault(name) != html)
                    parts[name] = _parts[name] = html;
            }
        }
    }

    private SseItem<string> Chart(CallNews news)
    {
        PeakCopy peaks = call.Call.Tap.Peaks.CopyTo(_nextPeak, _samplesPerPeak, _caller, _agent);
        (_nextPeak, _samplesPerPeak) = (peaks.First + peaks.Length, peaks.SamplesPerPeak);
        (int, int) mood = (news.Signs.Count, news.Tones.Count);
        bool isNew = mood != _mood;
        _mood = mood;
        var chart = new
        {
            elapsed = news.View.Elapsed.TotalSeconds,
            threshold = news.View.Threshold,
            halfLife = news.HalfLife.TotalSeconds,
            wave = new
            {
                first = peaks.First,
                seconds = (double)peaks.SamplesPerPeak / AudioFormat.SampleRate,
                caller = Convert.ToBase64String(_caller.AsSpan(0, peaks.Length)),
                agent = Convert.ToBase64String(_agent.AsSpan(0, peaks.Length)),
            },
            signs = isNew ? news.Signs.Select(s => new { at = s.At.TotalSeconds, s.Score, s.Amount, s.Source }) : null,
            tones = isNew ? news.Tones.Select(t => new { at = t.At.TotalSeconds, t.Label, t.Confidence }) : null,
        };
        return new SseItem<string>(JsonSerializer.Serialize(chart, Json), "chart");
    }

    private sealed record LineHtml(int Number, string Html);
}
