namespace PhoneAgent.ModelTests;

internal static class Repository
{
    /// <summary>The folder of PhoneAgent.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("PhoneAgent.sln is not above the test's folder.");
    }
}
