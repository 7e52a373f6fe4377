using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>Reads the passages of a folder: Markdown (.md), text (.txt), tables with a header line (.csv), in UTF-8.</summary>
internal static class KnowledgeFolder
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Everything that is wrong is added to <paramref name="problems"/>; reading goes on to the end.</summary>
    public static IReadOnlyList<KnowledgePassage> Read(string folder, KnowledgeLimits limits, ICollection<ConfigProblem> problems)
    {
        var passages = new List<KnowledgePassage>();
        if (Files(folder, limits, problems) is not { } files)
            return passages;
        foreach (string path in files)
        {
            ReadFile(folder, path, limits, passages, problems);
            if (passages.Count <= limits.MaxPassages)
                continue;
            problems.Add(new ConfigProblem(path, 0, 0, "", $"with this file the folder has more than {limits.MaxPassages} passages; such a collection belongs into a search service (a tool)"));
            break;
        }
        if (passages.Count == 0 && problems.Count == 0)
            problems.Add(new ConfigProblem(folder, 0, 0, "", "there is nothing to know here: put .md, .txt or .csv files into the folder"));
        return passages;
    }

    /// <summary>Changes whenever a file is added, removed or written.</summary>
    public static int Fingerprint(string folder, KnowledgeLimits limits)
    {
        var hash = new HashCode();
        foreach (string path in Files(folder, limits, []) ?? [])
        {
            var file = new FileInfo(path);
            hash.Add(path);
            hash.Add(file.Exists ? (file.LastWriteTimeUtc, file.Length) : default);
        }
        return hash.ToHashCode();
    }

    private static List<string>? Files(string folder, KnowledgeLimits limits, ICollection<ConfigProblem> problems)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = limits.MaxDepth, IgnoreInaccessible = false };
        List<string> files;
        try
        {
            // One more than allowed is enough to know.
            files = [.. Directory.EnumerateFiles(folder, "*", options).Where(IsKnowledge).Take(limits.MaxFiles + 1)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(new ConfigProblem(folder, 0, 0, "", $"the folder cannot be read: {e.Message}"));
            return null;
        }
        if (files.Count > limits.MaxFiles)
        {
            problems.Add(new ConfigProblem(folder, 0, 0, "", $"there are more than {limits.MaxFiles} files; such a collection belongs into a search service (a tool)"));
            return null;
        }
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static bool IsKnowledge(string path) =>
        Path.GetExtension(path).ToUpperInvariant() is ".MD" or ".TXT" or ".CSV" && Path.GetFileName(path)[0] is not ('.' or '~');

    private static void ReadFile(string folder, string path, KnowledgeLimits limits, List<KnowledgePassage> passages, ICollection<ConfigProblem> problems)
    {
        string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
        string title = Path.GetFileNameWithoutExtension(path).Replace('-', ' ').Replace('_', ' ');
        if (ReadText(path, limits.MaxFileBytes, problems) is not { } text)
            return;
        using var reader = new StringReader(text);
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            CsvPassages.Read(name, path, title, reader, passages, problems);
        else
            new MarkdownReader(name, title, passages).Read(reader);
    }

    private static string? ReadText(string path, long maxBytes, ICollection<ConfigProblem> problems)
    {
        byte[] bytes;
        try
        {
            long length = new FileInfo(path).Length;
            if (length > maxBytes)
            {
                problems.Add(new ConfigProblem(path, 0, 0, "", $"the file has {length >> 10} KiB, more than the {maxBytes >> 10} KiB that are allowed; split it, or take it out of the folder"));
                return null;
            }
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigProblem(path, 0, 0, "", $"the file cannot be read: {e.Message}"));
            return null;
        }
        try
        {
            return StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            int line = 1 + bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length)).Count((byte)'\n');
            problems.Add(new ConfigProblem(path, line, 1, "", "this is not UTF-8; save the file in that encoding"));
            return null;
        }
    }
}
