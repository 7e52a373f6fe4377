using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>
/// Finds the calls of a number that is redacted everywhere else: what stands beside the call is an HMAC-SHA-256 of it. The key is never
/// in the database: whoever has that, or a backup of it, could try all numbers in minutes. The database has the key's fingerprint, so
/// that machines with different keys are found out. Thread-safe.
/// </summary>
internal sealed partial class PartyKey
{
    public const string FileName = "party.key";

    private const int Bytes = 32;
    private readonly byte[]? _key;

    private PartyKey(byte[]? key, string place) => (_key, Place) = (key, place);

    /// <summary>Where it is kept, for messages.</summary>
    public string Place { get; }

    /// <summary>Makes the key when numbers are redacted and there is none yet; without either, nothing is hashed.</summary>
    /// <exception cref="StorageException">Its file is damaged, or cannot be read or written.</exception>
    public static PartyKey For(LoadedConfig config)
    {
        if (!string.IsNullOrEmpty(config.Options.Storage.PartyKey))
            return new PartyKey(Encoding.UTF8.GetBytes(config.Options.Storage.PartyKey), "storage.party_key");
        string path = Path.Combine(DatabaseServices.FolderOf(config), FileName);
        bool isNeeded = config.Options.Timeline.Redact is RedactionChoice.Numbers or RedactionChoice.NumbersAndProfanity;
        return isNeeded || File.Exists(path) ? Open(path) : new PartyKey(null, path);
    }

    /// <inheritdoc cref="For"/>
    public static PartyKey Open(string path)
    {
        try
        {
            if (!File.Exists(path))
                Make(path);
            byte[] key = File.ReadAllBytes(path);
            return key.Length == Bytes
                ? new PartyKey(key, path)
                : throw new StorageException($"{path} is damaged: {Bytes} bytes are expected. Put it back from a backup, or move it away; then calls that were redacted before are no longer found by their number.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path}: the key that finds redacted callers cannot be used: {e.Message} See to its folder's owner.", e);
        }
    }

    /// <summary>The same for every spelling of a number; null when nothing is hashed.</summary>
    public string? Of(string party) => _key is null ? null : Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(PartyNumber.Normal(party))));

    /// <summary>The first one to come leaves his key's fingerprint in the database; whoever has another key is refused.</summary>
    /// <returns>False: callers were redacted under a key that is not here, so they are not found.</returns>
    /// <exception cref="StorageException">This key is not the database's.</exception>
    public async Task<bool> CheckAsync(SqlDatabase database, CancellationToken cancellationToken)
    {
        // No number is this.
        string? mine = Of("fingerprint");
        string? there = await database.ReadAsync(session => session.ScalarAsync<string>("SELECT fingerprint FROM party_keys"), cancellationToken).ConfigureAwait(false);
        if (mine is null)
            return there is null;
        there ??= await database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("INSERT INTO party_keys (id, fingerprint) VALUES (1, @mine) ON CONFLICT (id) DO NOTHING", new { mine }).ConfigureAwait(false);
            return await session.ScalarAsync<string>("SELECT fingerprint FROM party_keys").ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
        return there == mine ? true : throw new StorageException(
            $"{Place} is not the key with which callers of {database.Place} were redacted: they would not be found by their number any more. Copy {FileName} from the machine that was first, or give all the same storage.party_key. If that key is lost for good, empty the table party_keys.");
    }

    private static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(beside, options))
        {
            stream.Write(RandomNumberGenerator.GetBytes(Bytes));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            // File.Move looks first and renames then, which lets two who come at once both win; a second name is given to one only.
            if (OperatingSystem.IsWindows() || Link(beside, path) != 0)
                File.Move(beside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first: its key counts.
        }
        File.Delete(beside);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string another);
}
