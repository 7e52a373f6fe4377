using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Api;

/// <param name="Location">Header of the answer.</param>
internal sealed record KeptAnswer(int Status, string? ContentType, string? Location, byte[] Body);

/// <summary>What a key that came before means now.</summary>
internal enum KeyState
{
    /// <summary>It is new, and taken by this request.</summary>
    Taken,
    /// <summary>The request is under way, or its server ended in the middle of it.</summary>
    Open,
    Answered,
    /// <summary>It belongs to a request with another body.</summary>
    Other,
}

/// <summary>The answers to requests that may be sent again. Thread-safe; on the disk when a member returns.</summary>
internal sealed class IdempotencyStore(SqlDatabase database, ApiOptions options, TimeProvider time)
{
    /// <param name="owner">Key, method and address: one key of a client means one thing at one place.</param>
    /// <param name="hash">Of the body.</param>
    public Task<(KeyState State, KeptAnswer? Answer)> TakeAsync(string owner, string hash, CancellationToken cancellationToken) => database.WriteAsync(async session =>
    {
        DateTimeOffset now = time.GetUtcNow();
        await session.ExecuteAsync("DELETE FROM api_answers WHERE created_at < @Oldest", new { Oldest = now - options.IdempotencyLifetime }).ConfigureAwait(false);
        Row? row = null;
        while (row is null)
        {
            int added = await session.ExecuteAsync("INSERT INTO api_answers (owner, hash, created_at) VALUES (@owner, @hash, @now) ON CONFLICT (owner) DO NOTHING", new { owner, hash, now }).ConfigureAwait(false);
            if (added == 1)
                return (KeyState.Taken, (KeptAnswer?)null);
            // None: whoever held it gave it back in between.
            row = await session.SingleAsync<Row>("SELECT hash, status, content_type, location, body FROM api_answers WHERE owner = @owner", new { owner }).ConfigureAwait(false);
        }
        return row.Hash != hash ? (KeyState.Other, null)
            : row.Status is not { } status ? (KeyState.Open, null)
            : (KeyState.Answered, new KeptAnswer((int)status, row.ContentType, row.Location, row.Body ?? []));
    }, cancellationToken);

    public Task KeepAsync(string owner, KeptAnswer answer, CancellationToken cancellationToken) => database.WriteAsync(session =>
        session.ExecuteAsync("UPDATE api_answers SET status = @Status, content_type = @ContentType, location = @Location, body = @Body WHERE owner = @owner",
            new { owner, answer.Status, answer.ContentType, answer.Location, answer.Body }), cancellationToken);

    /// <summary>Nothing was done: the key is free again.</summary>
    public Task ForgetAsync(string owner, CancellationToken cancellationToken) => database.WriteAsync(session =>
        session.ExecuteAsync("DELETE FROM api_answers WHERE owner = @owner", new { owner }), cancellationToken);

    private sealed record Row
    {
        public required string Hash { get; init; }
        public long? Status { get; init; }
        public string? ContentType { get; init; }
        public string? Location { get; init; }
        public byte[]? Body { get; init; }
    }
}
