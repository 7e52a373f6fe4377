using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

/// <summary>A test with a server of its own.</summary>
public abstract class OpenAiTest : IAsyncLifetime
{
    protected const string Key = "sk-do-not-tell-anyone";

    /// <summary>Only code that breaks its promise is waited for so long.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected FakeOpenAiServer Server { get; private set; } = null!;

    protected OpenAiServer Provider => new("local", Server.BaseUrl) { ApiKey = Key };

    public async Task InitializeAsync() => Server = await FakeOpenAiServer.StartAsync();

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();

    /// <summary>What a server can do wrong before its answer begins, and what that is.</summary>
    public static TheoryData<string, ProviderFailureKind> Refusals => new()
    {
        { "401", ProviderFailureKind.Unauthorized }, { "403", ProviderFailureKind.Unauthorized }, { "402", ProviderFailureKind.RateLimited },
        { "429", ProviderFailureKind.RateLimited }, { "400", ProviderFailureKind.BadRequest }, { "404", ProviderFailureKind.BadRequest },
        { "422", ProviderFailureKind.BadRequest }, { "408", ProviderFailureKind.Timeout }, { "504", ProviderFailureKind.Timeout },
        { "500", ProviderFailureKind.ServerError }, { "503", ProviderFailureKind.ServerError }, { "307", ProviderFailureKind.BadResponse },
        { "hangup", ProviderFailureKind.BadResponse }, { "web page", ProviderFailureKind.BadResponse },
    };

    /// <param name="kind">A status, or a word of <see cref="Refusals"/>.</param>
    protected static WireAnswer Refusal(string kind) => kind switch
    {
        "hangup" => WireAnswers.Hangup,
        "web page" => WireAnswers.Text("text/html", "<html>Welcome</html>"),
        "429" => WireAnswers.TooManyRequests("7"),
        "307" => WireAnswers.Status(307, "", ("Location", "http://127.0.0.1:1/")),
        _ => WireAnswers.Status(int.Parse(kind, System.Globalization.CultureInfo.InvariantCulture),
            $$$"""{"error":{"message":"Incorrect key {{{Key}}} for what you said","type":"invalid_request_error","code":"{{{Key}}}"}}"""),
    };

    protected static void AssertTellsNothing(Exception error)
    {
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("what you said", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The first request, once it is there.</summary>
    protected Task<ReceivedRequest> ArrivedAsync() => Server.ArrivedAsync(0).WaitAsync(Patience);

    /// <summary>An address that refuses connections.</summary>
    protected static Uri ClosedPort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/v1");
    }

    protected static byte[] RandomBytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A copy with a few bytes changed, dropped or doubled, perhaps cut short.</summary>
    protected static byte[] Damage(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (int n = random.Next(4); n > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(20), bytes.Count - at)));
                    break;
            }
            if (bytes.Count == 0)
                return [];
        }
        return random.Next(4) == 0 ? [.. bytes.Take(random.Next(bytes.Count))] : [.. bytes];
    }
}
