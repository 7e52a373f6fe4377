using System.Security.Claims;
using System.Security.Cryptography;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Api;

/// <summary>
/// A request that is sent again with the same Idempotency-Key is answered again, not carried out again, also after a restart
/// (draft-ietf-httpapi-idempotency-key-header).
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    private const string Replayed = "Idempotency-Replayed";
    private const int MaxLength = 200;

    public static async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !ApiPaths.Is(context.Request.Path) || context.GetEndpoint()?.Metadata.GetMetadata<NeededScopes>() is null || context.Request.Headers[Header] is not { Count: > 0 } header)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        string? key = header.Count == 1 ? header[0] : null;
        if (key is not { Length: > 0 and <= MaxLength } || key.Any(c => c is < '!' or > '~'))
        {
            await ApiProblem.BadRequest($"header.{Header}", $"1 to {MaxLength} visible ASCII characters are expected, e.g. a UUID.").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }
        await RunAsync(context, next, key, context.RequestServices.GetRequiredService<IdempotencyStore>()).ConfigureAwait(false);
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate next, string key, IdempotencyStore store)
    {
        HttpRequest request = context.Request;
        request.EnableBuffering();
        string hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(request.Body, context.RequestAborted).ConfigureAwait(false));
        request.Body.Position = 0;
        string who = context.User.FindFirstValue(ApiKeyHandler.IdClaim) is { } id ? $"key {id}" : $"user {context.User.Identity?.Name}";
        string owner = $"{who} {request.Method} {request.Path} {key}";
        (KeyState state, KeptAnswer? answer) = await store.TakeAsync(owner, hash, context.RequestAborted).ConfigureAwait(false);
        switch (state)
        {
            case KeyState.Other:
                await ApiProblem.KeyReused().ExecuteAsync(context).ConfigureAwait(false);
                return;
            case KeyState.Open:
                await ApiProblem.Conflict($"header.{Header}", "The first request with this key is not answered yet, or the server ended in the middle of it: look whether it was carried out, or use a new key.").ExecuteAsync(context).ConfigureAwait(false);
                return;
            case KeyState.Answered:
                context.Response.Headers[Replayed] = "true";
                await WriteAsync(context.Response, answer!).ConfigureAwait(false);
                return;
        }
        await KeepAsync(context, next, store, owner).ConfigureAwait(false);
    }

    private static async Task KeepAsync(HttpContext context, RequestDelegate next, IdempotencyStore store, string owner)
    {
        Stream wire = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        bool isKept = false;
        try
        {
            await next(context).ConfigureAwait(false);
            context.Response.Body = wire;
            var answer = new KeptAnswer(context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.Location, copy.ToArray());
            // Whoever was sent away may come again: too many, not allowed, we failed.
            isKept = answer.Status is < 500 and not (401 or 403 or 408 or 429);
            // Not the client's cancellation: he has gone, and will ask again.
            if (isKept)
                await store.KeepAsync(owner, answer, CancellationToken.None).ConfigureAwait(false);
            await wire.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            context.Response.Body = wire;
            if (!isKept)
                await store.ForgetAsync(owner, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpResponse response, KeptAnswer answer)
    {
        response.StatusCode = answer.Status;
        if (answer.ContentType is { } type)
            response.ContentType = type;
        if (answer.Location is { } location)
            response.Headers.Location = location;
        await response.Body.WriteAsync(answer.Body).ConfigureAwait(false);
    }
}
