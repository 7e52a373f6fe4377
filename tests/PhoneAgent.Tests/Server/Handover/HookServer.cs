using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Tests.Server.Hosting;

namespace PhoneAgent.Tests.Server.Handover;

/// <summary>Somebody else's server, on a free port of 127.0.0.1.</summary>
internal sealed class HookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<HookRequest> _requests = Channel.CreateUnbounded<HookRequest>();
    private readonly Queue<int> _statuses;
    private readonly TaskCompletionSource _never = new();

    private HookServer(WebApplication app, IEnumerable<int> statuses) => (_app, _statuses) = (app, new Queue<int>(statuses));

    public string Url { get; private set; } = "";

    /// <param name="statuses">One for each request, then 200; 0 never answers, 302 points back here.</param>
    public static async Task<HookServer> StartAsync(params int[] statuses)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        var server = new HookServer(app, statuses);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        server.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook?key=secret-in-the-query";
        return server;
    }

    public async Task<HookRequest> NextAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(HostRig.Patience);

    /// <summary>Nothing has come that was not read.</summary>
    public bool IsQuiet => _requests.Reader.Count == 0;

    public async ValueTask DisposeAsync()
    {
        _never.TrySetResult();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        int status = _statuses.TryDequeue(out int next) ? next : 200;
        _requests.Writer.TryWrite(new HookRequest(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        if (status == 0)
            await _never.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Response.StatusCode = status == 0 ? 200 : status;
        if (status == 302)
            context.Response.Headers.Location = Url;
    }
}

internal sealed record HookRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body);
