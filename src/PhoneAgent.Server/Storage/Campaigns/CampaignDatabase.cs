using System.Data.Common;
using System.Net.Sockets;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Storage.Database;
using Polly;
using Polly.Retry;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>
/// The database as campaigns use it: what failed because of the moment (a lock, a connection) is done again for some seconds,
/// and what fails for good is a <see cref="CampaignStoreException"/>. Thread-safe.
/// </summary>
internal sealed class CampaignDatabase(SqlDatabase database, TimeProvider time)
{
    private readonly ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(DatabaseTrouble.IsOfTheMoment),
            MaxRetryAttempts = 6,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(2),
        })
        .Build();

    /// <param name="what">What is done, for the message: "reading campaign 'x'".</param>
    public Task<T> ReadAsync<T>(string what, Func<SqlSession, Task<T>> read, CancellationToken cancellationToken) =>
        RunAsync(what, token => database.ReadAsync(read, token), cancellationToken);

    /// <summary>
    /// One transaction. When the connection breaks while it commits, nobody knows whether it did: the work runs again and is
    /// told so (<c>true</c>), to find out what it has done already.
    /// </summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<T> WriteAsync<T>(string what, Func<SqlSession, bool, Task<T>> write, CancellationToken cancellationToken)
    {
        bool isAgain = false;
        return RunAsync(what, token =>
        {
            bool again = isAgain;
            isAgain = true;
            return database.WriteAsync(session => write(session, again), token);
        }, cancellationToken);
    }

    /// <inheritdoc cref="WriteAsync{T}(string, Func{SqlSession, bool, Task{T}}, CancellationToken)"/>
    public Task<T> WriteAsync<T>(string what, Func<SqlSession, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(what, (session, _) => write(session), cancellationToken);

    private async Task<T> RunAsync<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token => await work(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or StorageException or TimeoutException or SocketException or IOException)
        {
            throw new CampaignStoreException($"{database.Place}: {what} failed: {e.Message.TrimEnd('.', ' ')}. {DatabaseTrouble.Advice(e)}", e);
        }
    }
}
