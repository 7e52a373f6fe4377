using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;

namespace PhoneAgent.Tests.Server.Api;

/// <summary>Asks the API as a program does.</summary>
internal static class ApiClient
{
    public static string Key(this HttpRig rig, params ApiScope[] scopes)
    {
        if (rig.Accounts().IsOpen)
            rig.AddUser("root", Role.Administrator);
        return rig.Accounts().AddKey("crm", scopes).Secret!;
    }

    /// <param name="body">JSON text, an object, or a table; null: none.</param>
    public static async Task<ApiAnswer> AskAsync(this HttpRig rig, string method, string path, object? body = null, string? key = null, string? idempotency = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = body is Csv csv
                ? new StringContent(csv.Text, Encoding.UTF8, "text/csv")
                : new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add(ApiKeyHandler.Header, key);
        if (idempotency is not null)
            request.Headers.Add("Idempotency-Key", idempotency);
        // A stream has no end: its head says whether it was let in.
        using HttpResponseMessage response = await rig.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        string? type = response.Content.Headers.ContentType?.MediaType;
        string text = type == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();
        return new ApiAnswer((int)response.StatusCode, type, text, response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }
}

internal sealed record Csv(string Text);

internal sealed record ApiAnswer(int Status, string? Type, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>Of a problem.</summary>
    public string? Place => Json["place"]?.GetValue<string>();
}
