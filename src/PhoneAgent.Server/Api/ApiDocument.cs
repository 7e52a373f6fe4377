using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Api;

/// <summary>The OpenAPI document: <c>/api/v1/openapi.json</c>, checked in as <c>docs/openapi.json</c>.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";
    private const string KeyScheme = "key";

    /// <summary>
    /// The problems that an endpoint may answer with, from what it is: who asks and how often, what its address names, its body, its
    /// Idempotency-Key. One that asks the database, or opens a stream, says 503 itself; what changes something always asks it.
    /// </summary>
    public static void AddProblems(EndpointBuilder endpoint)
    {
        List<int> statuses = [400, 401, 403, 429];
        // Lists of numbers need not be made: one that nobody is on is empty, not missing.
        if (endpoint is RouteEndpointBuilder { RoutePattern: { } route } && (route.GetParameter("call") ?? route.GetParameter("campaign")) is not null)
            statuses.Add(404);
        if (endpoint.Metadata.OfType<IAcceptsMetadata>().Any())
            statuses.AddRange([413, 415]);
        if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods.Any(method => !HttpMethods.IsGet(method)) == true)
            statuses.AddRange([409, 422, 503]);
        foreach (int status in statuses)
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), [ApiProblem.ContentType]));
    }

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/v1", StringComparison.OrdinalIgnoreCase) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "PhoneAgent",
                Version = "1",
                Description = "Calls, history, agents, campaigns and do-not-call lists. Errors are application/problem+json (RFC 9457) with 'place', where it is wrong. "
                    + "Lists come in pages: send 'next' back as 'cursor'. A POST with an Idempotency-Key may be sent again.",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [KeyScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = ApiKeyHandler.Header, Description = "From 'phoneagent users add-key NAME --scope SCOPE'; also as 'Authorization: Bearer KEY'." },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<NeededScopes>().FirstOrDefault() is { } needed)
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [.. needed.Scopes.Select(ApiScopes.Name)] }];
            if (HttpMethods.IsPost(context.Description.HttpMethod ?? ""))
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = Idempotency.Header,
                    In = ParameterLocation.Header,
                    Description = "A new one for each thing to do, e.g. a UUID. The same again gets the same answer, and nothing is done twice.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 200 },
                });
            return Task.CompletedTask;
        });
    }
}
