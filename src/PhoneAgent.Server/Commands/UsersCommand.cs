using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent users</c>: who may log in to the pages, and which machines may call. A running server notices at once.</summary>
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
            Leaf("list", "Users and keys.", common, [], (_, desk) => List(desk.Accounts)),
            Leaf("add", "Adds a user; the password is asked for, or read from standard input.", common, [name, role],
                (result, desk) => Say(desk.AddUser(result.GetValue(name)!, result.GetValue(role), ReadPassword()), "Added.")),
            Leaf("password", "Gives a user a new password.", common, [name],
                (result, desk) => Say(desk.SetPassword(result.GetValue(name)!, ReadPassword()), "Changed.")),
            Leaf("role", "Gives a user another role.", common, [name, role],
                (result, desk) => Say(desk.SetRole(result.GetValue(name)!, result.GetValue(role)), "Changed.")),
            Leaf("remove", "Removes a user.", common, [name],
                (result, desk) => Say(desk.RemoveUser(result.GetValue(name)!), "Removed.")),
            Leaf("add-key", "Makes a key for a machine and shows it once.", common, [name, scopes],
                (result, desk) => AddKey(desk, result.GetValue(name)!, result.GetValue(scopes)!)),
            Leaf("remove-key", "Removes a key.", common, [id],
                (result, desk) => Say(desk.RemoveKey(result.GetValue(id)!) ? null : "There is no such key.", "Removed.")),
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

    private static Command Leaf(string name, string description, CommonOptions common, IEnumerable<Symbol> symbols, Func<ParseResult, AccountDesk, int> run) =>
        ConfiguredCommand.Create(name, description, common, symbols, (result, config, _) =>
            Task.FromResult(run(result, new AccountDesk(AccountStore.For(config), TimeProvider.System))));

    private static int List(Accounts accounts)
    {
        foreach (UserAccount user in accounts.Users)
            Console.WriteLine($"{user.Name}  {ConfigValue.EnumText(user.Role.ToString())}");
        foreach (ApiKey key in accounts.Keys)
            Console.WriteLine($"key {key.Id}  {key.Name}  {string.Join(", ", key.Scopes.Select(ApiScopes.Name))}  {key.CreatedAt:yyyy-MM-dd}");
        if (accounts.Users.Count == 0)
            Console.WriteLine("There is no user: only this machine can see the pages, without a password.");
        return 0;
    }

    private static int AddKey(AccountDesk desk, string name, ApiScope[] scopes)
    {
        NewKey made = desk.AddKey(name, scopes);
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
