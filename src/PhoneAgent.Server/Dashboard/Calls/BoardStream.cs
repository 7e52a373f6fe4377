using System.Net.ServerSentEvents;
using System.Text.Json;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>What one page with the list of calls has been told, and what it must be told now. For one page; not thread-safe.</summary>
internal sealed class BoardStream(LiveBoard board, IServiceProvider services, ILoggerFactory loggers)
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    // A score fades while nothing happens.
    private static readonly TimeSpan Fading = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);
    private string _order = "";

    public async Task<IReadOnlyList<SseItem<string>>> LookAsync()
    {
        IReadOnlyList<CallView> views = board.Views();
        bool isFirst = _order.Length == 0;
        string order = $"[{string.Join(',', views.Select(view => view.Id))}]";
        List<CallView> changed = [.. views.Where(view => !_told.TryGetValue(view.Id, out Told? told) || told != Told.Of(view))];
        if (changed.Count == 0 && order == _order)
            return [];
        List<SseItem<string>> items = [await RowsAsync(views, changed).ConfigureAwait(false)];
        if (!isFirst)
            items.AddRange(changed.Select(Announcement).OfType<SseItem<string>>());
        Remember(views, order);
        return items;
    }

    private async Task<SseItem<string>> RowsAsync(IReadOnlyList<CallView> views, IReadOnlyList<CallView> changed)
    {
        var fragments = new Fragments(services, loggers);
        await using (fragments.ConfigureAwait(false))
        {
            var rows = new Dictionary<string, string>();
            foreach (CallView view in changed)
                rows[view.Id] = await fragments.RenderAsync<CallRow>((nameof(CallRow.Call), view)).ConfigureAwait(false);
            string counts = await fragments.RenderAsync<CallCounts>((nameof(CallCounts.Calls), views)).ConfigureAwait(false);
            return new SseItem<string>(JsonSerializer.Serialize(new { order = views.Select(v => v.Id), rows, counts }), "rows");
        }
    }

    private SseItem<string>? Announcement(CallView view)
    {
        Told? before = _told.GetValueOrDefault(view.Id);
        (string Kind, string Title)? news = view.IsOver ? null
            : view.Escalated is not null && before?.IsEscalated != true ? ("escalated", "A caller needs a person")
            : view.IsFrustrated && before?.IsFrustrated == false ? ("frustrated", "A caller is frustrated")
            : before is null ? ("new", view.IsInbound ? "New call" : "Outbound call")
            : null;
        return news is null ? null
            : new SseItem<string>(JsonSerializer.Serialize(new { id = view.Id, kind = news.Value.Kind, title = news.Value.Title, text = $"{view.Caller} · {view.Agent}" }), "announce");
    }

    private void Remember(IReadOnlyList<CallView> views, string order)
    {
        _order = order;
        var there = views.Select(v => v.Id).ToHashSet();
        foreach (string gone in _told.Keys.Where(id => !there.Contains(id)).ToList())
            _told.Remove(gone);
        foreach (CallView view in views)
            _told[view.Id] = Told.Of(view);
    }

    private sealed record Told(int Version, long Fade, bool IsEscalated, bool IsFrustrated, bool IsOver)
    {
        public static Told Of(CallView view) => new(
            view.Version, view.IsOver || view.Score < 0.01 ? 0 : view.Elapsed.Ticks / Fading.Ticks, view.Escalated is not null, view.IsFrustrated, view.IsOver);
    }
}
