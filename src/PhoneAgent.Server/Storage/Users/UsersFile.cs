using System.Text.Json;
using System.Text.Json.Serialization;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Storage.Users;

/// <summary>Takes the users and keys that earlier versions kept in <c>users.json</c> into the database, once.</summary>
internal static class UsersFile
{
    public const string Name = "users.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Whoever is in the database already stays as he is there. Then the file has another name, so nothing is lost.</summary>
    /// <exception cref="HttpServerException">The file cannot be read; the message says what to do.</exception>
    public static async Task ImportAsync(LoadedConfig config, IUserStore store, CancellationToken cancellationToken)
    {
        string path = Path.Combine(config.PathOf(config.Options.Http.StateFolder), Name);
        try
        {
            if (!File.Exists(path))
                return;
            Accounts old = Read(path);
            await store.UpdateAsync(accounts => accounts with
            {
                Users = [.. accounts.Users, .. old.Users.Where(user => accounts.FindUser(user.Name) is null).DistinctBy(user => user.Name, StringComparer.OrdinalIgnoreCase)],
                Keys = [.. accounts.Keys, .. old.Keys.ExceptBy(accounts.Keys.Select(key => key.Id), key => key.Id)],
            }, cancellationToken).ConfigureAwait(false);
            string imported = $"{path}.imported";
            File.Move(path, File.Exists(imported) ? $"{imported}.{Guid.NewGuid():N}" : imported, overwrite: false);
        }
        catch (FileNotFoundException)
        {
            // Another process was first.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new HttpServerException($"The users in {path} cannot be taken into the database: {e.Message} Mend the file, or move it away and add users anew with 'phoneagent users add'.", e);
        }
    }

    // A damaged file must never read as one without users: then everybody at this machine would be administrator.
    private static Accounts Read(string path) =>
        JsonSerializer.Deserialize<Accounts>(File.ReadAllBytes(path), Json) is { Users: { } users, Keys: { } keys } accounts
        && users.Count + keys.Count > 0 // an emptied file was never written by us: the last administrator stays
        && users.All(user => user is { Name.Length: > 0, PasswordHash.Length: > 0, Stamp.Length: > 0 })
        && keys.All(key => key is { Id.Length: > 0, Hash.Length: > 0, Name: not null, Scopes: not null })
            ? accounts
            : throw new JsonException("a user or a key lacks a member.");
}
