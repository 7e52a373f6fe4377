using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent users</c>: who may log in to the pages, and which machines may call. Servers that run notice within seconds.</summary>
internal static class UsersCommand
{
    public static Command Create(CommonOptions common)
    {
        var name = new Argument<string>("name") { Description = "The user's name." };
        var role = new Option<Role>("--role") { Description = "viewer, supervisor or administrator.", DefaultValueFactory = _ => Role.Viewer };
        var scopes = new Option<ApiScope[]>("--scope")
        {
            Description = $"{string.Join(", ", ApiScopes.Names)}; several times for several.",
            DefaultValueFactory = _ => [ApiScope.Read],
            CustomParser = ParseScopes,
            AllowMultipleArgumentsPerToken = true,
        };
        var id = new Argument<string>("id") { Description = "The key's id, as 'users list' shows it." };
        return new Command("users", "Who may log in to the pages, and which machines may use the API.")
        {
            Leaf("list", "Users and keys.", common, [], (_, desk, _) => Task.FromResult(List(desk.Accounts))),
            Leaf("add", "Adds a user; the password is asked for, or read from standard input.", common, [name, role],
                async (result, desk, token) => Say(await desk.AddUserAsync(result.GetValue(name)!, result.GetValue(role), ReadPassword(), token).ConfigureAwait(false), "Added.")),
            Leaf("password", "Gives a user a new password.", common, [name],
                async (result, desk, token) => Say(await desk.SetPasswordAsync(result.GetValue(name)!, ReadPassword(), token).ConfigureAwait(false), "Changed.")),
            Leaf("role", "Gives a user another role.", common, [name, role],
                async (result, desk, token) => Say(await desk.SetRoleAsync(result.GetValue(name)!, result.GetValue(role), token).ConfigureAwait(false), "Changed.")),
            Leaf("remove", "Removes a user.", common, [name],
                async (result, desk, token) => Say(await desk.RemoveUserAsync(result.GetValue(name)!, token).ConfigureAwait(false), "Removed.")),
            Leaf("add-key", "Makes a key for a machine and shows it once.", common, [name, scopes],
                (result, desk, token) => AddKeyAsync(desk, result.GetValue(name)!, result.GetValue(scopes)!, token)),
            Leaf("remove-key", "Removes a key.", common, [id],
                async (result, desk, token) => Say(await desk.RemoveKeyAsync(result.GetValue(id)!, token).ConfigureAwait(false) ? null : "There is no such key.", "Removed.")),
        };
    }

    private static ApiScope[] ParseScopes(ArgumentResult result)
    {
        var scopes = new List<ApiScope>();
        foreach (Token token in result.Tokens)
        {
            if (ApiScopes.TryParse(token.Value, out ApiScope scope))
                scopes.Add(scope);
            else
                result.AddError($"--scope: there is no '{token.Value}'. Scopes: {string.Join(", ", ApiScopes.Names)}.");
        }
        return [.. scopes];
    }

    private static Command Leaf(string name, string description, CommonOptions common, IEnumerable<Symbol> symbols, Func<ParseResult, AccountDesk, CancellationToken, Task<int>> run) =>
        ConfiguredCommand.Create(name, description, common, symbols, async (result, config, cancellationToken) =>
        {
            await using OpenAccounts opened = await OpenAccounts.OpenAsync(config, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return await run(result, opened.Desk, cancellationToken).ConfigureAwait(false);
        });

    private static int List(Accounts accounts)
    {
        foreach (UserAccount user in accounts.Users)
            Console.WriteLine($"{user.Name}  {ConfigValue.EnumText(user.Role.ToString())}");
        foreach (ApiKey key in accounts.Keys)
            Console.WriteLine($"key {key.Id}  {key.Name}  {string.Join(", ", key.Scopes.Select(ApiScopes.Name))}  {key.CreatedAt:yyyy-MM-dd}  {(key.LastUsedAt is { } used ? $"last used {used:yyyy-MM-dd}" : "never used")}");
        if (accounts.Users.Count == 0)
            Console.WriteLine("There is no user: only this machine can see the pages, without a password.");
        return 0;
    }

    private static async Task<int> AddKeyAsync(AccountDesk desk, string name, ApiScope[] scopes, CancellationToken cancellationToken)
    {
        NewKey made = await desk.AddKeyAsync(name, scopes, cancellationToken).ConfigureAwait(false);
        if (made.Secret is null)
            return Say(made.Problem, "");
        Console.WriteLine(made.Secret);
        Console.Error.WriteLine($"Key {made.Key!.Id}. It is not shown again. Send it as the header {ApiKeyHandler.Header}.");
        return 0;
    }

    private static int Say(string? problem, string done)
    {
        (problem is null ? Console.Out : Console.Error).WriteLine(problem ?? done);
        return problem is null ? 0 : 1;
    }

    private static string ReadPassword()
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? "";
        Console.Error.Write("Password: ");
        var password = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                password.Length = Math.Max(0, password.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                password.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return password.ToString();
    }
}
