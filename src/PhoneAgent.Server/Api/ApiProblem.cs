using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PhoneAgent.Server.Api;

/// <summary>
/// What is wrong with a request, as RFC 9457 writes it: the kind for programs, and for people the place, what is wrong there and
/// what to do. Never repeats what was sent.
/// </summary>
internal sealed record ApiProblem : IResult
{
    public const string ContentType = "application/problem+json";
    private const string Prefix = "urn:phoneagent:problem:";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private ApiProblem(int status, string kind, string title, string detail) => (Status, Type, Title, Detail) = (status, Prefix + kind, title, detail);

    public string Type { get; }

    public string Title { get; }

    public int Status { get; }

    /// <summary>What is wrong, and what to do.</summary>
    public string Detail { get; init; }

    /// <summary>Where: body.target, query.limit, header.Idempotency-Key, path.call, a key of the configuration; null: the request as a whole.</summary>
    public string? Place { get; init; }

    /// <summary>More than one thing, each with its place.</summary>
    public IReadOnlyList<ApiProblemItem>? Errors { get; init; }

    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    public static ApiProblem BadRequest(string place, string detail) => new(400, "bad-request", "The request is not as it should be.", detail) { Place = place };

    public static ApiProblem Unauthorized() => new(401, "no-key", "Nobody is known by this request.",
        "Send a key as the header X-Api-Key, or 'Authorization: Bearer KEY'. 'phoneagent users add-key NAME --scope SCOPE' makes one.") { Place = "header.X-Api-Key" };

    public static ApiProblem Forbidden(string? scope) => new(403, "scope", "This is not allowed.",
        scope is null ? "The key or user may not do this." : $"The key or user lacks the scope {scope}. 'phoneagent users add-key NAME --scope {scope}' makes a key that has it.");

    public static ApiProblem NotFound(string place, string detail) => new(404, "not-found", "There is no such thing.", detail) { Place = place };

    public static ApiProblem Conflict(string? place, string detail) => new(409, "conflict", "This is not possible now.", detail) { Place = place };

    public static ApiProblem Unprocessable(string detail, IReadOnlyList<ApiProblemItem> errors) => new(422, "invalid", "What was to be used has mistakes.", detail) { Errors = errors };

    public static ApiProblem KeyReused() => new(422, "idempotency-key-reused", "The Idempotency-Key belongs to another request.",
        "The same key came before with another body. Use a new key for a new request.") { Place = "header.Idempotency-Key" };

    public static ApiProblem Refused(string place, string detail) => new(403, "outbound-refused", "This server may not call there.", detail) { Place = place };

    public static ApiProblem TooMany(string? place, string detail, TimeSpan retryAfter) => new(429, "too-many", "Too many.", detail) { Place = place, RetryAfter = retryAfter };

    public static ApiProblem Unavailable(string detail) => new(503, "unavailable", "This server cannot do it at the moment.", detail) { RetryAfter = TimeSpan.FromSeconds(30) };

    /// <summary>For a status that was set without a word.</summary>
    /// <param name="scope">What the endpoint asks for.</param>
    public static ApiProblem Of(int status, string? scope) => status switch
    {
        401 => Unauthorized(),
        403 => Forbidden(scope),
        404 => new(404, "not-found", "There is no such thing.", "/api/v1/openapi.json lists all addresses."),
        405 => new(405, "method", "This address takes another method.", "The header Allow says which."),
        413 => new(413, "too-long", "The body is too long.", "api.max_body_kilobytes and api.max_import_megabytes say how long it may be."),
        415 => new(415, "content-type", "The body is of another type.", "Send what /api/v1/openapi.json says, e.g. with 'Content-Type: application/json'.") { Place = "header.Content-Type" },
        421 => new(421, "host", "This server does not go by that name.", "Add it to http.allowed_hosts, or set http.public_url."),
        >= 500 => new(status, "internal", "This server failed.", "Its log says why. The request may have been carried out in part."),
        _ => new(status, "bad-request", "The request is not as it should be.", "/api/v1/openapi.json says how it should be."),
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } pause)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(this, Json, ContentType, httpContext.RequestAborted);
    }
}

/// <param name="Place">E.g. a file and line, or a row.</param>
internal sealed record ApiProblemItem(string Place, string Detail);
