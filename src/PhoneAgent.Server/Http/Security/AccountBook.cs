using System.Collections.Concurrent;
using System.Data.Common;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Users;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// The accounts as this process knows them: in memory, because every request asks, and at most <see cref="LookEvery"/> behind what
/// other processes change. A database that fails leaves them as they were: nobody gets in by that. Thread-safe.
/// </summary>
internal sealed partial class AccountBook(IUserStore store, LoadedConfig config, TimeProvider time, ILogger<AccountBook> logger) : BackgroundService, IHostedLifecycleService
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan WriteUsesEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _uses = new();
    private volatile Accounts? _accounts;
    private bool _fails;

    /// <exception cref="InvalidOperationException">They were not loaded yet.</exception>
    public Accounts Current => _accounts ?? throw new InvalidOperationException("The accounts are not loaded yet.");

    /// <summary>Reads them for the first time; takes those of earlier versions over.</summary>
    /// <exception cref="HttpServerException">What earlier versions left cannot be read.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await UsersFile.ImportAsync(config, store, cancellationToken).ConfigureAwait(false);
        await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes over what other processes have changed.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(_accounts?.Version ?? 0, cancellationToken).ConfigureAwait(false) is { } changed)
            Take(changed);
    }

    /// <summary>Changes the accounts.</summary>
    /// <param name="change">May run again. Null leaves all as it is.</param>
    /// <returns>False when nothing was changed.</returns>
    public async Task<bool> UpdateAsync(Func<Accounts, Accounts?> change, CancellationToken cancellationToken)
    {
        if (await store.UpdateAsync(change, cancellationToken).ConfigureAwait(false) is not { } changed)
            return false;
        Take(changed);
        return true;
    }

    /// <summary>Here at once, elsewhere when they look next.</summary>
    public async Task EndSessionAsync(string session, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        await store.EndSessionAsync(session, now, now + config.Options.Http.SessionLifetime, cancellationToken).ConfigureAwait(false);
        await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Never waits; written down now and again.</summary>
    public void OnKeyUsed(string id) => _uses[id] = time.GetUtcNow();

    // Before anybody can come: nothing listens yet.
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken).ConfigureAwait(false);
        OpenListeners.Refuse(config.Options.Http, Current);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        DateTimeOffset written = time.GetUtcNow();
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            bool isDue = time.GetUtcNow() - written >= WriteUsesEvery;
            if (isDue)
                written = time.GetUtcNow();
            await TryAsync(isDue, stoppingToken).ConfigureAwait(false);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryAsync(withUses: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task TryAsync(bool withUses, CancellationToken cancellationToken)
    {
        try
        {
            if (withUses)
                await WriteUsesAsync(cancellationToken).ConfigureAwait(false);
            await LookAsync(cancellationToken).ConfigureAwait(false);
            _fails = false;
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            if (!_fails)
                Log.Failed(logger, e.Message);
            _fails = true;
        }
    }

    /// <summary>Writes down when keys were used last.</summary>
    public async Task WriteUsesAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, DateTimeOffset> uses = new(_uses);
        if (uses.Count == 0)
            return;
        await store.KeysUsedAsync(uses, cancellationToken).ConfigureAwait(false);
        foreach (KeyValuePair<string, DateTimeOffset> use in uses)
            _uses.TryRemove(use); // only if it was not used again
    }

    private void Take(Accounts accounts)
    {
        lock (_lock)
            if (_accounts is null || accounts.Version > _accounts.Version)
                _accounts = accounts;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Who may log in cannot be read from the database: {Reason} What was known before holds, and it is tried again.")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
