using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Inference.Mcp;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference;

/// <summary>MCP servers over real HTTP, and as a real program on standard input and output.</summary>
public sealed class HttpMcpTests
{
    private const string Secret = "Bearer s3cret";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ToolContext Context = new(new CallInfo { Id = "c", Direction = CallDirection.Inbound, RemoteParty = "x", LocalParty = "y" }, "agent", DateTimeOffset.UnixEpoch);

    private static readonly McpServerOptions Options = new()
    {
        ServerInfo = new Implementation { Name = "test", Version = "1" },
        ToolCollection = [McpServerTool.Create((string text) => $"you said {text}", new() { Name = "echo", ReadOnly = true })],
    };

    [Fact]
    public async Task OverStreamableHttp()
    {
        await using WebApplication web = await ServeAsync();
        string url = web.Urls.First() + "/mcp";

        await using (McpToolSource source = new(new() { Name = "shop", Url = url, Headers = new Dictionary<string, string> { ["Authorization"] = Secret } }, TimeProvider.System, NullLoggerFactory.Instance))
            Assert.Equal("you said hello", await EchoAsync(source));

        await using McpToolSource stranger = new(new() { Name = "shop", Url = url }, TimeProvider.System, NullLoggerFactory.Instance);
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => stranger.FindAsync(default).WaitAsync(Patience));
        Assert.Contains("401", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyAtTheAddress()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        int port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        await using McpToolSource source = new(new() { Name = "shop", Url = $"http://127.0.0.1:{port}/mcp" }, TimeProvider.System, NullLoggerFactory.Instance);
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => source.FindAsync(default).WaitAsync(Patience));
        Assert.Contains("shop cannot be reached", e.Message, StringComparison.Ordinal);
    }

    /// <summary>The program is a shell that carries its standard streams to a server here.</summary>
    [RequiresFact(Command = "bash")]
    public async Task OverTheStreamsOfAProgram()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeOneAsync(listener);
        var definition = new McpServerDefinition
        {
            Name = "shop",
            Command = "bash",
            Args = ["-c", "test -z \"$PHONEAGENT_TEST_SECRET\" || exit 1; exec 3<>/dev/tcp/127.0.0.1/$PORT; cat <&3 & cat >&3"],
            Env = new Dictionary<string, string> { ["PORT"] = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        };
        // What is in our environment is not the program's business.
        Environment.SetEnvironmentVariable("PHONEAGENT_TEST_SECRET", "x");
        await using (McpToolSource source = new(definition, TimeProvider.System, NullLoggerFactory.Instance))
            Assert.Equal("you said hello", await EchoAsync(source));
        await serving.WaitAsync(Patience);
    }

    private static async Task<string> EchoAsync(McpToolSource source)
    {
        ITool echo = Assert.Single(await source.FindAsync(default).WaitAsync(Patience));
        ToolResult result = await echo.CallAsync(JsonElement.Parse("""{"text":"hello"}"""), Context, default).WaitAsync(Patience);
        Assert.Equal(ToolOutcome.Ok, result.Outcome);
        return result.Text;
    }

    private static async Task ServeOneAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        await using McpServer server = McpServer.Create(new StreamServerTransport(stream, stream), Options);
        await server.RunAsync();
    }

    private static async Task<WebApplication> ServeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication web = builder.Build();
        var transport = new StreamableHttpServerTransport { SessionId = "session" };
        McpServer server = McpServer.Create(transport, Options);
        Task run = server.RunAsync();
        web.Lifetime.ApplicationStopped.Register(() => _ = server.DisposeAsync().AsTask());
        web.MapPost("/mcp", async (HttpContext http) =>
        {
            if (http.Request.Headers.Authorization != Secret)
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }
            JsonRpcMessage? message = await JsonSerializer.DeserializeAsync<JsonRpcMessage>(http.Request.Body, McpJsonUtilities.DefaultOptions, http.RequestAborted);
            http.Response.Headers["mcp-session-id"] = transport.SessionId;
            http.Response.ContentType = "text/event-stream";
            if (!await transport.HandlePostRequestAsync(message!, http.Response.Body, http.RequestAborted))
                http.Response.StatusCode = StatusCodes.Status202Accepted;
        });
        web.MapGet("/mcp", async (HttpContext http) =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await transport.HandleGetRequestAsync(http.Response.Body, http.RequestAborted);
        });
        web.MapDelete("/mcp", () => Results.Ok());
        await web.StartAsync();
        return web;
    }
}
