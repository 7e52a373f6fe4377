using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace PhoneAgent.Testing.Providers;

/// <summary>What came over the wire.</summary>
public sealed class ReceivedRequest
{
    private readonly TaskCompletionSource abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required string Method { get; init; }

    /// <summary>With the query.</summary>
    public required string Target { get; init; }

    public required string Path { get; init; }

    /// <summary>Requests over the same connection have the same.</summary>
    public required string Connection { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The fields of a form; files have their bytes as Latin-1.</summary>
    public required IReadOnlyDictionary<string, string> Form { get; init; }

    /// <summary>Completes when the client has closed the connection before the answer was whole.</summary>
    public Task Abandoned => abandoned.Task;

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    internal static async Task<ReceivedRequest> ReadAsync(HttpContext context)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var body = new MemoryStream();
        if (context.Request.HasFormContentType)
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            foreach (string name in form.Keys)
                fields[name] = form[name].ToString();
            foreach (IFormFile file in form.Files)
            {
                using var bytes = new MemoryStream();
                await file.CopyToAsync(bytes);
                fields[file.Name] = Encoding.Latin1.GetString(bytes.ToArray());
                fields[file.Name + ".name"] = file.FileName;
                fields[file.Name + ".type"] = file.ContentType;
            }
        }
        else
        {
            await context.Request.Body.CopyToAsync(body);
        }
        var request = new ReceivedRequest
        {
            Method = context.Request.Method,
            Connection = context.Connection.Id,
            Path = context.Request.Path,
            Target = context.Request.Path + context.Request.QueryString,
            Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = body.ToArray(),
            Form = fields,
        };
        context.RequestAborted.Register(() => request.abandoned.TrySetResult());
        return request;
    }
}
