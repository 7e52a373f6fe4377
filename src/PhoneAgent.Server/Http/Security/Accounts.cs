using System.Text.Json.Serialization;

namespace PhoneAgent.Server.Http.Security;

/// <summary>Everybody who may log in, and every machine that may call. Immutable.</summary>
internal sealed record Accounts
{
    public IReadOnlyList<UserAccount> Users { get; init; } = [];
    public IReadOnlyList<ApiKey> Keys { get; init; } = [];

    /// <summary>Sessions whose cookies are no longer good, though they have not expired.</summary>
    [JsonIgnore]
    public IReadOnlySet<string> EndedSessions { get; init; } = new HashSet<string>();

    /// <summary>Counts up with every change.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    public UserAccount? FindUser(string name) => Users.FirstOrDefault(user => string.Equals(user.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The same with this user, in place of one with his name.</summary>
    public Accounts With(UserAccount user) => this with { Users = [.. Without(user.Name).Users, user] };

    public Accounts Without(string name) =>
        this with { Users = [.. Users.Where(user => !string.Equals(user.Name, name, StringComparison.OrdinalIgnoreCase))] };
}

/// <param name="PasswordHash">As <see cref="Passwords"/> writes it.</param>
/// <param name="Stamp">Changes with password and role: who is logged in with another one is logged out.</param>
internal sealed record UserAccount(string Name, Role Role, [property: JsonPropertyName("password")] string PasswordHash, string Stamp);

/// <param name="Id">The first part of the key, not secret.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Hash">SHA-256 of the whole key: it has 256 random bits, so a slow hash would protect nothing more.</param>
/// <param name="LastUsedAt">To about a minute; null: never.</param>
internal sealed record ApiKey(string Id, string Name, string Hash, IReadOnlyList<ApiScope> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt = null);
