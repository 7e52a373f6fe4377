using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Models;

/// <summary>
/// Brings models into the cache: from the mirror when it has them, otherwise over HTTP. What was received so far stays in
/// FILE.part and is gone on from with a Range request, also by a later run. A file appears under its name only when its
/// sha256 is right.
/// </summary>
/// <param name="client">Its time-out must be infinite or long: it covers only the response's header here.</param>
public sealed partial class ModelDownloader(
    HttpClient client, ModelStore store, ModelDownloadOptions options, TimeProvider time, ILogger<ModelDownloader>? logger = null)
{
    private const int BufferSize = 81_920;

    private readonly ILogger log = logger ?? NullLogger<ModelDownloader>.Instance;

    /// <summary>Returns the model's path; quick when it is there already. One caller at a time per model.</summary>
    /// <exception cref="EngineException">It could not be had; the message says why and what to do.</exception>
    public async Task<string> PullAsync(string name, IProgress<ModelProgress>? progress, CancellationToken cancellationToken)
    {
        var model = store.Manifest.Find(name);
        var path = store.CachePath(model);
        if (File.Exists(path))
        {
            if (await HasHashAsync(path, model, cancellationToken).ConfigureAwait(false))
                return path;
            Log.WrongHash(log, path);
            File.Delete(path);
        }
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (store.FindInMirror(model) is { } source)
                await CopyAsync(source, path, model, progress, cancellationToken).ConfigureAwait(false);
            else
                await FetchAsync(path, model, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The model {model.Name} could not be written to {path}: {e.Message} Is the disk full, or the folder read-only?", e);
        }
        return path;
    }

    private static async Task CopyAsync(
        string source, string path, ModelEntry model, IProgress<ModelProgress>? progress, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        await using (var from = File.OpenRead(source))
        await using (var to = new FileStream(part, FileMode.Create, FileAccess.Write))
            await from.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
        await PublishAsync(part, path, model, source, cancellationToken).ConfigureAwait(false);
        progress?.Report(new ModelProgress(model.Name, model.Bytes, model.Bytes));
    }

    private async Task FetchAsync(string path, ModelEntry model, IProgress<ModelProgress>? progress, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        var failures = 0;
        while (true)
        {
            var before = LengthOf(part, model);
            var failure = before == model.Bytes ? null : await TryReceiveAsync(part, before, model, progress, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                await PublishAsync(part, path, model, model.Url.ToString(), cancellationToken).ConfigureAwait(false);
                return;
            }
            failures = LengthOf(part, model) > before ? 1 : failures + 1;
            if (failure.IsFinal || failures >= options.Attempts)
                throw new EngineException(
                    $"The model {model.Name} could not be fetched from {model.Url}: {failure.Reason}. "
                    + $"Try again later, or give a folder that holds it with --mirror. Without it, {model.Without}.");
            var wait = options.FirstWait * Math.Pow(2, failures - 1);
            Log.Retrying(log, model.Name, failure.Reason, wait);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Length of what is there; something longer than the model is of another version and goes.</summary>
    private static long LengthOf(string part, ModelEntry model)
    {
        var file = new FileInfo(part);
        if (!file.Exists)
            return 0;
        if (file.Length <= model.Bytes)
            return file.Length;
        file.Delete();
        return 0;
    }

    private async Task<Failure?> TryReceiveAsync(
        string part, long have, ModelEntry model, IProgress<ModelProgress>? progress, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, model.Url);
            if (have > 0)
                request.Headers.Range = new RangeHeaderValue(have, null);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (Judge(response, ref have, part) is { } refusal)
                return refusal;
            var body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
                return await ReceiveAsync(body, part, have, model, progress, stall, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Failure($"nothing came for {options.StallTimeout.TotalSeconds:F0} s");
        }
        catch (HttpRequestException e)
        {
            return new Failure(e.Message);
        }
        catch (HttpIOException e)
        {
            return new Failure(e.Message); // the connection broke; the disk's IOExceptions are another kind
        }
    }

    /// <summary>What the status means; null to go on. A server that ignores the range starts over.</summary>
    private static Failure? Judge(HttpResponseMessage response, ref long have, string part)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == have:
                return null;
            case HttpStatusCode.OK:
                have = 0;
                return null;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                File.Delete(part); // what is here is not a beginning of what is there
                return new Failure($"the server answered {(int)response.StatusCode} to the request for the rest");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                return new Failure($"the server answered {(int)response.StatusCode}");
            default:
                return new Failure($"the server answered {(int)response.StatusCode}", IsFinal: true);
        }
    }

    private async Task<Failure?> ReceiveAsync(
        Stream body, string part, long have, ModelEntry model, IProgress<ModelProgress>? progress,
        CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var file = new FileStream(part, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await using (file.ConfigureAwait(false))
        {
            while (true)
            {
                var count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    break;
                stall.CancelAfter(options.StallTimeout);
                have += count;
                if (have > model.Bytes)
                {
                    file.SetLength(0);
                    return new Failure($"it is longer than the {model.Bytes} bytes that the manifest says", IsFinal: true);
                }
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                progress?.Report(new ModelProgress(model.Name, have, model.Bytes));
            }
        }
        return have == model.Bytes ? null : new Failure($"it ended after {have} of {model.Bytes} bytes");
    }

    private static async Task PublishAsync(string part, string path, ModelEntry model, string source, CancellationToken cancellationToken)
    {
        if (!await HasHashAsync(part, model, cancellationToken).ConfigureAwait(false))
        {
            File.Delete(part);
            throw new EngineException(
                $"What came from {source} is not the model {model.Name}: its sha256 is not the manifest's. It was deleted; check the source.");
        }
        File.Move(part, path, overwrite: true);
    }

    private static async Task<bool> HasHashAsync(string path, ModelEntry model, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            var hash = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
            return file.Length == model.Bytes && Convert.ToHexStringLower(hash) == model.Sha256;
        }
    }

    /// <param name="IsFinal">Trying again would not help.</param>
    private sealed record Failure(string Reason, bool IsFinal = false);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Fetching {Model} failed: {Reason}; trying again in {Wait}")]
        public static partial void Retrying(ILogger logger, string model, string reason, TimeSpan wait);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is damaged or of another version; fetching it anew")]
        public static partial void WrongHash(ILogger logger, string path);
    }
}
