namespace PhoneAgent.Testing;

/// <summary>Finds the test data that lies beside the repository (<c>../shared</c>), or where PHONEAGENT_SHARED points.</summary>
public static class SharedData
{
    private const string Variable = "PHONEAGENT_SHARED";
    private static readonly Lazy<string?> LazyRoot = new(FindRoot);

    /// <summary>The folder, or null on a machine that has none.</summary>
    public static string? Root => LazyRoot.Value;

    /// <summary>The full path of a file or folder such as <c>data/sip/rfc4475</c>; null when it is not there.</summary>
    public static string? Find(string relativePath)
    {
        if (Root is null)
            return null;
        string path = Path.Combine(Root, relativePath);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    /// <summary>As <see cref="Find"/>, for a test that <see cref="RequiresFactAttribute"/> has already let through.</summary>
    public static string Require(string relativePath) =>
        Find(relativePath) ?? throw new FileNotFoundException(Missing(relativePath));

    internal static string Missing(string relativePath) =>
        $"{relativePath} is not in {Root ?? "a folder 'shared' beside the repository"}: set {Variable} to the folder that holds it";

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set)
            return Directory.Exists(set) ? Path.GetFullPath(set) : null;
        // The solution marks the repository; the data lies beside it, or within it on a machine that copies both.
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
                continue;
            string inside = Path.Combine(folder.FullName, "shared");
            string beside = Path.Combine(folder.FullName, "..", "shared");
            return Directory.Exists(inside) ? inside : Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
        }
        return null;
    }
}
