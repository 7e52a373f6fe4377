using System.Data.Common;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>The database cannot be used; the message says which, why, and what to do. While calls run a failing database is a <see cref="DbException"/>.</summary>
internal sealed class StorageException : Exception
{
    public StorageException(string message) : base(message) { }

    public StorageException(string message, Exception inner) : base(message, inner) { }
}
