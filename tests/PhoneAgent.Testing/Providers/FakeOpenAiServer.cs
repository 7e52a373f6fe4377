using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Testing.Providers;

/// <summary>
/// An OpenAI-compatible server on 127.0.0.1 that speaks the real wire format and does what a test tells it to. Answers are
/// chosen by the last word of the path: "completions", "transcriptions", "speech", "models", "inference".
/// </summary>
public sealed class FakeOpenAiServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly List<ReceivedRequest> requests = [];
    private readonly List<TaskCompletionSource<ReceivedRequest>> arrivals = [];
    private readonly Dictionary<string, Func<ReceivedRequest, WireAnswer>> answers = new(StringComparer.Ordinal)
    {
        ["models"] = _ => WireAnswers.Models("tiny-model", "whisper-1", "tts-1"),
    };

    private FakeOpenAiServer(WebApplication app) => this.app = app;

    /// <summary>http://127.0.0.1:PORT/v1</summary>
    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1/v1");

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (gate)
                return [.. requests];
        }
    }

    public static async Task<FakeOpenAiServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = 64 << 20;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var server = new FakeOpenAiServer(builder.Build());
        server.app.Run(server.HandleAsync);
        await server.app.StartAsync();
        string address = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.BaseUrl = new Uri(address + "/v1");
        return server;
    }

    /// <summary>Completes with the request of this number, counted from 0, when it has come.</summary>
    public Task<ReceivedRequest> ArrivedAsync(int number)
    {
        lock (gate)
        {
            while (arrivals.Count <= number)
                arrivals.Add(new TaskCompletionSource<ReceivedRequest>(TaskCreationOptions.RunContinuationsAsynchronously));
            return arrivals[number].Task;
        }
    }

    /// <summary>From now on a path that ends with this word is answered so.</summary>
    public void Answer(string lastWord, WireAnswer answer) => Answer(lastWord, _ => answer);

    public void Answer(string lastWord, Func<ReceivedRequest, WireAnswer> answer)
    {
        lock (gate)
            answers[lastWord] = answer;
    }

    /// <summary>The first answer for the first request, and so on; the last one for all that follow.</summary>
    public void AnswerInTurn(string lastWord, params WireAnswer[] inTurn)
    {
        int next = -1;
        Answer(lastWord, _ => inTurn[Math.Min(Interlocked.Increment(ref next), inTurn.Length - 1)]);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync(); // answers that hang are cut
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        ReceivedRequest request = await ReceivedRequest.ReadAsync(context);
        string lastWord = request.Path[(request.Path.LastIndexOf('/') + 1)..];
        Func<ReceivedRequest, WireAnswer>? answer;
        lock (gate)
        {
            requests.Add(request);
            _ = ArrivedAsync(requests.Count - 1);
            arrivals[requests.Count - 1].TrySetResult(request);
            answers.TryGetValue(lastWord, out answer);
        }
        try
        {
            await (answer?.Invoke(request) ?? WireAnswers.Status(404))(new WireWriter(context, request));
        }
        catch (OperationCanceledException)
        {
            // The client is gone, or the test is over.
        }
    }
}
