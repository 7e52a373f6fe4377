using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Api;

/// <summary>The OpenAPI document: <c>/api/v1/openapi.json</c>, checked in as <c>docs/openapi.json</c>.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";
    private const string KeyScheme = "key";

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
