using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Makes, changes and checks accounts. Thread-safe.</summary>
internal sealed class AccountDesk(AccountBook book, TimeProvider time)
{
    public const int MaxNameLength = 60;
    private const string KeyPrefix = "pa";
    private const int MaxUsers = 1_000;
    private const int MaxKeys = 1_000;

    public Accounts Accounts => book.Current;

    /// <summary>Nobody has set a password yet.</summary>
    public bool IsOpen => book.Current.Users.Count == 0;

    /// <summary>Adds a user.</summary>
    /// <param name="onlyFirst">Refuses when there is one already.</param>
    /// <returns>What is wrong; null when he was added.</returns>
    public async Task<string?> AddUserAsync(string name, Role role, string password, CancellationToken cancellationToken, bool onlyFirst = false)
    {
        name = name.Trim();
        if (NameProblem(name) is { } wrong)
            return wrong;
        if (Passwords.Problem(password, name) is { } weak)
            return weak;
        var user = new UserAccount(name, role, Passwords.Hash(password), NewStamp());
        string? refused = null;
        await book.UpdateAsync(accounts =>
        {
            refused = onlyFirst && accounts.Users.Count > 0 ? "There is a user already: log in."
                : accounts.FindUser(name) is not null ? $"There is a user {name} already."
                : accounts.Users.Count >= MaxUsers ? $"There are {MaxUsers} users already."
                : null;
            return refused is null ? accounts.With(user) : null;
        }, cancellationToken).ConfigureAwait(false);
        return refused;
    }

    /// <summary>Gives a user a new password; whoever is logged in with the old one is logged out.</summary>
    /// <returns>What is wrong; null when it was changed.</returns>
    public async Task<string?> SetPasswordAsync(string name, string password, CancellationToken cancellationToken)
    {
        if (Passwords.Problem(password, name) is { } weak)
            return weak;
        string hash = Passwords.Hash(password);
        return await ChangeAsync(name, user => user with { PasswordHash = hash, Stamp = NewStamp() }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null when it was done.</summary>
    public Task<string?> SetRoleAsync(string name, Role role, CancellationToken cancellationToken) =>
        ChangeAsync(name, user => user with { Role = role, Stamp = NewStamp() }, cancellationToken);

    /// <summary>Null when it was done. The last administrator stays.</summary>
    public async Task<string?> RemoveUserAsync(string name, CancellationToken cancellationToken)
    {
        string? refused = null;
        await book.UpdateAsync(accounts => (refused = Loss(accounts, name, accounts.Without(name))) is null ? accounts.Without(name) : null, cancellationToken).ConfigureAwait(false);
        return refused;
    }

    /// <summary>The user with this name and password; null when there is none.</summary>
    public UserAccount? Check(string name, string password)
    {
        UserAccount? user = book.Current.FindUser(name);
        return Passwords.Verify(user, password) ? user : null;
    }

    /// <summary>Makes a key for a machine. It is shown once: only its hash is kept.</summary>
    public async Task<NewKey> AddKeyAsync(string name, IReadOnlyList<ApiScope> scopes, CancellationToken cancellationToken)
    {
        if (NameProblem(name) is { } wrong)
            return new NewKey(null, null, wrong);
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        string secret = $"{KeyPrefix}_{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        var key = new ApiKey(id, name, HashOf(secret), scopes, time.GetUtcNow());
        return await book.UpdateAsync(accounts => accounts.Keys.Count >= MaxKeys ? null : accounts with { Keys = [.. accounts.Keys, key] }, cancellationToken).ConfigureAwait(false)
            ? new NewKey(key, secret, null)
            : new NewKey(null, null, $"There are {MaxKeys} keys already.");
    }

    /// <summary>False when there is none.</summary>
    public Task<bool> RemoveKeyAsync(string id, CancellationToken cancellationToken) => book.UpdateAsync(accounts =>
        accounts.Keys.Any(key => key.Id == id) ? accounts with { Keys = [.. accounts.Keys.Where(key => key.Id != id)] } : null, cancellationToken);

    /// <summary>The key that was sent; null when it is not one of ours.</summary>
    public ApiKey? CheckKey(string secret)
    {
        string[] parts = secret.Length > 200 ? [] : secret.Split('_', 3);
        if (parts.Length != 3 || parts[0] != KeyPrefix || book.Current.Keys.FirstOrDefault(key => key.Id == parts[1]) is not { } found)
            return null;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(found.Hash)))
            return null;
        book.OnKeyUsed(found.Id);
        return found;
    }

    /// <summary>
    /// False once the user or the key is gone, has logged out, or has another role or password than when he was let in. For what goes on after a
    /// request was let in.
    /// </summary>
    public bool IsCurrent(ClaimsPrincipal who)
    {
        if (who.Identity is not { IsAuthenticated: true } identity)
            return false;
        Accounts accounts = book.Current;
        return identity.AuthenticationType switch
        {
            ApiKeyHandler.Name => accounts.Keys.Any(key => key.Id == who.FindFirstValue(ApiKeyHandler.IdClaim)),
            OpenAccessHandler.Name => accounts.Users.Count == 0,
            _ => identity.Name is { } name && accounts.FindUser(name) is { } user && user.Stamp == who.FindFirstValue(SecurityServices.StampClaim)
                && who.FindFirstValue(SecurityServices.SessionClaim) is { } session && !accounts.EndedSessions.Contains(session),
        };
    }

    /// <summary>Logs out: also a copy of the cookie lets nobody in any more.</summary>
    public Task EndSessionAsync(ClaimsPrincipal who, CancellationToken cancellationToken) =>
        who.FindFirstValue(SecurityServices.SessionClaim) is { } session ? book.EndSessionAsync(session, cancellationToken) : Task.CompletedTask;

    private async Task<string?> ChangeAsync(string name, Func<UserAccount, UserAccount> change, CancellationToken cancellationToken)
    {
        string? refused = null;
        await book.UpdateAsync(accounts =>
        {
            if (accounts.FindUser(name) is not { } user)
            {
                refused = $"There is no user {name}.";
                return null;
            }
            Accounts changed = accounts.With(change(user));
            return (refused = Loss(accounts, name, changed)) is null ? changed : null;
        }, cancellationToken).ConfigureAwait(false);
        return refused;
    }

    private static string? Loss(Accounts before, string name, Accounts after) =>
        before.FindUser(name) is null ? $"There is no user {name}."
        : after.Users.Any(IsAdministrator) || !before.Users.Any(IsAdministrator) ? null
        : "Nobody could administer this server any more: make another user administrator first.";

    private static bool IsAdministrator(UserAccount user) => user.Role == Role.Administrator;

    private static string? NameProblem(string name) =>
        name.Length is 0 or > MaxNameLength ? $"A name has 1 to {MaxNameLength} characters."
        : name.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or ' ') ? null
        : "A name has letters, digits, blanks and . - _ @.";

    private static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <param name="Secret">What the machine sends.</param>
/// <param name="Problem">Why there is none; null when there is.</param>
internal sealed record NewKey(ApiKey? Key, string? Secret, string? Problem);
