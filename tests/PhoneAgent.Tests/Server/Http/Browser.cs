using System.Net;
using System.Text.RegularExpressions;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Hosting;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>Does what a browser does: keeps cookies, asks for HTML, sends the token of a page's form.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _client;

    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };

    public Browser(HttpRig rig) => _client = new HttpClient(_handler)
    {
        BaseAddress = rig.Client.BaseAddress,
        Timeout = HostRig.Patience,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    /// <summary>The cookies that it would send, for who steals them.</summary>
    public string CookieHeader() => _handler.CookieContainer.GetCookieHeader(_client.BaseAddress!);

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

    public static TestAccounts Accounts(this HttpRig rig) => new((AccountDesk)rig.Services.GetService(typeof(AccountDesk))!);

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

/// <summary>Accounts that are changed before a test begins: what is called has happened when it returns.</summary>
internal sealed class TestAccounts(AccountDesk desk)
{
    public Accounts Accounts => desk.Accounts;

    public bool IsOpen => desk.IsOpen;

    public UserAccount? Check(string name, string password) => desk.Check(name, password);

    public ApiKey? CheckKey(string secret) => desk.CheckKey(secret);

    public string? AddUser(string name, Role role, string password) => desk.AddUserAsync(name, role, password, default).GetAwaiter().GetResult();

    public string? SetRole(string name, Role role) => desk.SetRoleAsync(name, role, default).GetAwaiter().GetResult();

    public NewKey AddKey(string name, IReadOnlyList<ApiScope> scopes) => desk.AddKeyAsync(name, scopes, default).GetAwaiter().GetResult();

    public bool RemoveKey(string id) => desk.RemoveKeyAsync(id, default).GetAwaiter().GetResult();
}
