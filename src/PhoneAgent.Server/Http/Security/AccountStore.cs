using System.Text.Json;
using System.Text.Json.Serialization;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http.Security;

/// <summary>
/// The accounts in a file that only this user of the machine may read. It is replaced in one piece, and read again when
/// <c>phoneagent users</c> has changed it. Thread-safe.
/// </summary>
internal sealed class AccountStore(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private readonly Lock _lock = new();
    private Accounts _accounts = new();
    private (DateTime Written, long Length) _read;

    public static AccountStore For(LoadedConfig config) => new(Path.Combine(config.PathOf(config.Options.Http.StateFolder), "users.json"));

    public string File => path;

    /// <exception cref="HttpServerException">The file cannot be read; the message says what to do.</exception>
    public Accounts Current
    {
        get
        {
            lock (_lock)
                return Refresh_NeedsLock();
        }
    }

    /// <summary>Changes the accounts and writes them.</summary>
    /// <param name="change">Null leaves all as it is.</param>
    /// <returns>False when nothing was changed.</returns>
    public bool Update(Func<Accounts, Accounts?> change)
    {
        lock (_lock)
        {
            if (change(Refresh_NeedsLock()) is not { } changed)
                return false;
            Write(changed);
            (_accounts, _read) = (changed, Stat());
            return true;
        }
    }

    private Accounts Refresh_NeedsLock()
    {
        (DateTime, long) now = Stat();
        if (now == _read)
            return _accounts;
        try
        {
            _accounts = now == default ? new Accounts() : Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new HttpServerException($"The users in {path} cannot be read: {e.Message} Mend the file, or move it away and add users anew with 'phoneagent users add'.", e);
        }
        _read = now;
        return _accounts;
    }

    // A damaged file must never read as one without users: then everybody at this machine would be administrator.
    private Accounts Read() =>
        JsonSerializer.Deserialize<Accounts>(System.IO.File.ReadAllBytes(path), Json) is { Users: { } users, Keys: { } keys } accounts
        && users.Count + keys.Count > 0 // an emptied file is never written by us: the last administrator stays
        && users.All(user => user is { Name.Length: > 0, PasswordHash.Length: > 0, Stamp.Length: > 0 })
        && keys.All(key => key is { Id.Length: > 0, Hash.Length: > 0, Name: not null, Scopes: not null })
            ? accounts
            : throw new JsonException("a user or a key lacks a member.");

    private void Write(Accounts accounts)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(beside, options))
        {
            JsonSerializer.Serialize(stream, accounts, Json);
            stream.Flush(flushToDisk: true);
        }
        System.IO.File.Move(beside, path, overwrite: true);
    }

    private (DateTime, long) Stat()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
