using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;

namespace PhoneAgent.Server.Api;

/// <summary>The JSON body of a request, or what is wrong with it: <see cref="ApiBodyFilter"/> answers that before the endpoint runs.</summary>
internal sealed class ApiBody<T> : IApiBody, IEndpointParameterMetadataProvider where T : class
{
    private readonly T? _value;

    private ApiBody(T? value, ApiProblem? problem) => (_value, Problem) = (value, problem);

    public ApiProblem? Problem { get; }

    public T Value => _value!;

    public static async ValueTask<ApiBody<T>?> BindAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!request.HasJsonContentType())
            return new ApiBody<T>(null, ApiProblem.Of(StatusCodes.Status415UnsupportedMediaType, null));
        try
        {
            T? value = await JsonSerializer.DeserializeAsync<T>(request.Body, ApiJson.Options, context.RequestAborted).ConfigureAwait(false);
            return value is null ? new ApiBody<T>(null, ApiProblem.BadRequest("body", "null is no request; send an object.")) : new ApiBody<T>(value, null);
        }
        catch (JsonException e)
        {
            return new ApiBody<T>(null, ApiProblem.BadRequest(PlaceOf(e), DetailOf(e)));
        }
        catch (BadHttpRequestException e)
        {
            return new ApiBody<T>(null, ApiProblem.Of(e.StatusCode, null));
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), isOptional: false));

    // $.ringSeconds → body.ringSeconds
    private static string PlaceOf(JsonException e) => $"body{(e.Path is { Length: > 1 } path && path[0] == '$' ? path[1..] : "")}";

    // The framework's message would repeat what was sent.
    private static string DetailOf(JsonException e)
    {
        string where = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
        return e.Message.Contains("could not be mapped", StringComparison.Ordinal) ? $"This member is not known{where}; /api/v1/openapi.json lists those that are."
            : e.Message.Contains("required", StringComparison.Ordinal) ? $"Members are missing{where}; /api/v1/openapi.json says which are required."
            : e.Message.Contains("could not be converted", StringComparison.Ordinal) ? $"A value of another type is expected here{where}."
            : $"This is not JSON{where}.";
    }
}

internal interface IApiBody
{
    ApiProblem? Problem { get; }
}

/// <summary>Answers for bodies that could not be read.</summary>
internal static class ApiBodyFilter
{
    public static ValueTask<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (object? argument in context.Arguments)
            if (argument is IApiBody { Problem: { } problem })
                return ValueTask.FromResult<object?>(problem);
        return next(context);
    }
}

/// <summary>How requests and answers of the API are written: camel case, enums in words, unknown members refused.</summary>
internal static class ApiJson
{
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>What the framework writes answers with, and makes the document from; the pages' own requests are read by it too.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true };
        Configure(options);
        return options;
    }
}
