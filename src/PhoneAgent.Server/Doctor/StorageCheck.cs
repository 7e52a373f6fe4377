using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Doctor;

/// <summary>The database can be opened, and its tables are of this version.</summary>
internal static class StorageCheck
{
    private const string Area = "storage";

    public static async Task<CheckResult> RunAsync(LoadedConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        SqlDatabase database = DatabaseServices.Create(config);
        await using (database.ConfigureAwait(false))
        {
            try
            {
                string version = await database.VersionAsync(cancellationToken).ConfigureAwait(false);
                await database.MigrateAsync(Schema.All, time, cancellationToken).ConfigureAwait(false);
                return CheckResult.Ok(Area, $"{database.Place}: {version}, tables up to date");
            }
            catch (StorageException e)
            {
                return CheckResult.Fail(Area, e.Message, "See storage in the configuration.");
            }
        }
    }
}
