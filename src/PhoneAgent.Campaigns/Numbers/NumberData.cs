namespace PhoneAgent.Campaigns.Numbers;

/// <summary>The tables in <c>Numbers/Data</c>; each says where its facts come from.</summary>
internal static class NumberData
{
    /// <summary>The lines that are neither empty nor comments.</summary>
    public static IEnumerable<string> Lines(string name)
    {
        using Stream stream = typeof(NumberData).Assembly.GetManifestResourceStream($"PhoneAgent.Campaigns.Numbers.Data.{name}")
            ?? throw new InvalidOperationException($"the program lacks its table {name}");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                yield return line;
    }
}
