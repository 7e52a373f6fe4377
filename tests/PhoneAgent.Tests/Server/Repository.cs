namespace PhoneAgent.Tests.Server;

/// <summary>The tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("PhoneAgent.sln is in no folder above the tests.");
    }
}
