using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.Handover;
using Xunit;

namespace PhoneAgent.Tests.Server.Webhooks;

/// <summary>An outbox in a file, which servers come and go around.</summary>
internal sealed class WebhookRig : IAsyncDisposable
{
    public const string Secret = "a secret of ours 0123456789";

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-hooks-").FullName;
    private readonly List<SqlDatabase> _databases = [];
    private readonly CallWriter _writer;
    private readonly string? _postgres;

    /// <param name="postgres">A database there in place of a file.</param>
    public WebhookRig(string? postgres = null)
    {
        _postgres = postgres;
        _writer = new CallWriter(new FakeCallLog(), Time, NullLogger<CallWriter>.Instance, TimeSpan.Zero);
    }

    public VirtualTime Time { get; } = new();

    public LogLines Logs { get; } = new();

    public static WebhookOptions Hook(string url, string name = "crm") => new() { Name = name, Url = url, Secret = Secret };

    /// <summary>What a start of the server opens.</summary>
    public async Task<WebhookOutbox> OpenAsync() => new(await OpenDatabaseAsync(), NodeIdentity.ThisProcess, Time);

    public async Task<SqlDatabase> OpenDatabaseAsync()
    {
        SqlDatabase database = _postgres is null ? new SqliteDatabase(Path.Combine(_folder, "test.db")) : new PostgresDatabase(_postgres, password: null);
        _databases.Add(database);
        await database.MigrateAsync([CallMigrations.Set, WebhookMigrations.Set], Time, default);
        return database;
    }

    public WebhookSender Sender(WebhookOptions hook, WebhookOutbox outbox, SignedPost post) => new(hook, outbox, post, Time, new Random(1), Logs.CreateLogger<WebhookSender>());

    public WebhookDesk Desk(WebhookOutbox outbox, params WebhookOptions[] hooks) =>
        new(new LoadedConfig(new PhoneAgentOptions { Webhooks = hooks }, null, _folder, []), outbox, _writer, Time, Logs);

    public Task AddAsync(WebhookOutbox outbox, string call, string id, params string[] hooks) =>
        outbox.AddAsync(call, id, [.. hooks.DefaultIfEmpty("crm").Select(hook => (hook, JsonSerializer.SerializeToUtf8Bytes(new { id })))], default);

    public static string IdOf(HookRequest request) => request.Headers["X-PhoneAgent-Delivery"];

    public static void AssertSigned(HookRequest request, DateTimeOffset now)
    {
        (string timestamp, string signature) = WebhookSignature.Of(request.Body, Secret, now);
        Assert.Equal((timestamp, signature), (request.Headers[WebhookSignature.TimestampHeader], request.Headers[WebhookSignature.SignatureHeader]));
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        foreach (SqlDatabase database in _databases)
            await database.DisposeAsync();
        Logs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
    }

    public void Dispose()
    {
    }
}
