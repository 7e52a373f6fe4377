using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>
/// SQLite as the operating system has it, kept up to date by it. The packages with a SQLite of their own are not in every
/// registry (src/README.md).
/// </summary>
internal static class SqliteLibrary
{
    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3"];

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads it once.</summary>
    /// <exception cref="StorageException">There is none.</exception>
    public static void Use()
    {
        if (!Loaded.Value)
            throw new StorageException("SQLite is not installed: 'apt-get install libsqlite3-0', or choose storage.kind: postgres.");
    }

    private static bool Load()
    {
        if (!Names.Any(name => NativeLibrary.TryLoad(name, out _)))
            return false;
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string name in Names)
            if (NativeLibrary.TryLoad(name, out nint handle))
                return handle;
        return 0;
    }
}
