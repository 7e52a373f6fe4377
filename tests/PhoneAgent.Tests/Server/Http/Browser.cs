using System.Net;
using System.Text.RegularExpressions;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Hosting;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>Does what a browser does: keeps cookies, asks for HTML, sends the token of a page's form.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _client;

    public Browser(HttpRig rig) => _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = rig.Client.BaseAddress,
        Timeout = HostRig.Patience,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    public HttpClient Client => _client;

    public async Task<(HttpStatusCode Status, string Body, string? Location)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString);
    }

    /// <summary>Posts a form with the token of a page that was opened before.</summary>
    public async Task<(HttpStatusCode Status, string? Location)> PostAsync(string page, string path, params (string Name, string Value)[] fields)
    {
        string token = TokenField().Match((await GetAsync(page)).Body).Groups[1].Value;
        using var form = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", token)]);
        using HttpResponseMessage response = await _client.PostAsync(path, form);
        return (response.StatusCode, response.Headers.Location?.OriginalString);
    }

    public Task<(HttpStatusCode Status, string? Location)> LogInAsync(string name, string password, string returnUrl = "/") =>
        PostAsync("/login", "/login", ("name", name), ("password", password), ("returnUrl", returnUrl));

    /// <summary>The token that a page's scripts send.</summary>
    public static string ScriptToken(string html) => MetaToken().Match(html).Groups[1].Value;

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)" """)]
    private static partial Regex TokenField();

    [GeneratedRegex("""name="csrf-token" content="([^"]+)" """)]
    private static partial Regex MetaToken();
}

/// <summary>Users for tests.</summary>
internal static class TestUsers
{
    public const string Password = "correct horse battery";

    public static AccountDesk Accounts(this HttpRig rig) => (AccountDesk)rig.Services.GetService(typeof(AccountDesk))!;

    public static void AddUser(this HttpRig rig, string name, Role role)
    {
        if (rig.Accounts().AddUser(name, role, Password) is { } problem)
            throw new InvalidOperationException(problem);
    }

    public static async Task<Browser> LoggedInAsync(this HttpRig rig, Role role)
    {
        string name = $"the-{role}";
        rig.AddUser(name, role);
        var browser = new Browser(rig);
        await browser.LogInAsync(name, Password);
        return browser;
    }
}
