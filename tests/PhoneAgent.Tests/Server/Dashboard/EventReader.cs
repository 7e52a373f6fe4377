using System.Net.ServerSentEvents;
using System.Text.Json;
using PhoneAgent.Tests.Server.Hosting;
using PhoneAgent.Tests.Server.Http;

namespace PhoneAgent.Tests.Server.Dashboard;

/// <summary>Reads a stream as a page does.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventReader(HttpResponseMessage response, Stream stream) =>
        (_response, _items) = (response, SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator());

    public static Task<EventReader> OpenAsync(HttpRig rig, string path) => OpenAsync(rig.Client, path);

    public static async Task<EventReader> OpenAsync(HttpClient client, string path)
    {
        HttpResponseMessage response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The data of the next event with this name.</summary>
    public async Task<JsonElement> NextAsync(string name)
    {
        while (await _items.MoveNextAsync().AsTask().WaitAsync(HostRig.Patience))
        {
            if (_items.Current.EventType == name)
                return JsonDocument.Parse(_items.Current.Data).RootElement;
        }
        throw new InvalidOperationException($"The stream ended without the event {name}.");
    }

    /// <summary>Until the server ends the stream.</summary>
    public async Task EndAsync()
    {
        while (await _items.MoveNextAsync().AsTask().WaitAsync(HostRig.Patience))
        {
            // What was on its way.
        }
    }

    /// <summary>For what gives no signal.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(HostRig.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    public void Dispose() => _response.Dispose();
}
