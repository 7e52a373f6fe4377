using System.Text.Json;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Models;

/// <summary>models/manifest.json: which models there are, where they come from, and what they must be byte for byte.</summary>
public sealed class ModelManifest
{
    private const long MaxFileBytes = 1 << 20;
    private const int MaxModels = 1_000;
    private const long MaxModelBytes = 64L << 30;

    private ModelManifest(IReadOnlyList<ModelEntry> models) => Models = models;

    public IReadOnlyList<ModelEntry> Models { get; }

    /// <exception cref="EngineException">The file is missing or wrong; the message has every problem, each with its place.</exception>
    public static ModelManifest Load(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
                throw new EngineException($"{path} is larger than {MaxFileBytes} bytes: it is no model manifest.");
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The model manifest {path} can not be read: {e.Message}", e);
        }
    }

    /// <param name="source">Names the manifest in messages.</param>
    /// <exception cref="EngineException">As <see cref="Load"/>.</exception>
    public static ModelManifest Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Read(document.RootElement, source);
        }
        catch (JsonException e)
        {
            throw new EngineException($"{source} is not JSON: {e.Message}", e);
        }
    }

    /// <exception cref="EngineException">There is none of that name; the message lists those that there are.</exception>
    public ModelEntry Find(string name) =>
        Models.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new EngineException($"There is no model '{name}'; the manifest has {string.Join(", ", Models.Select(m => m.Name))}.");

    private static ModelManifest Read(JsonElement root, string source)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("models", out var list) || list.ValueKind != JsonValueKind.Array)
            throw new EngineException($"{source}: a list 'models' is missing.");
        if (list.GetArrayLength() > MaxModels)
            throw new EngineException($"{source}: more than {MaxModels} models.");
        var problems = new List<string>();
        var models = new List<ModelEntry>();
        foreach (var item in list.EnumerateArray())
        {
            var reader = new EntryReader(item, $"{source}: models[{models.Count}]", problems);
            models.Add(reader.Read());
        }
        problems.AddRange(models.GroupBy(m => m.Name).Where(g => g.Key.Length > 0 && g.Count() > 1).Select(g => $"{source}: the name '{g.Key}' is there twice."));
        if (problems.Count > 0)
            throw new EngineException(string.Join(Environment.NewLine, problems));
        return new ModelManifest(models);
    }

    private sealed class EntryReader(JsonElement item, string place, List<string> problems)
    {
        public ModelEntry Read() => new(
            Text("name"), Text("kind"), Flag("default"), RelativeFile(), Url(), Size(), Hash(), Text("licence"), Text("without"));

        private string Text(string key)
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString() is { Length: > 0 } text)
                return text;
            problems.Add($"{place}.{key}: a text is missing.");
            return "";
        }

        private bool Flag(string key) =>
            item.ValueKind == JsonValueKind.Object && item.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;

        private string RelativeFile()
        {
            var file = Text("file");
            if (file.Length > 0 && (Path.IsPathRooted(file) || file.Contains('\\', StringComparison.Ordinal) || file.Split('/').Any(p => p is "" or "." or "..")))
                problems.Add($"{place}.file: '{file}' must be a path below the cache, such as silero/silero_vad.onnx.");
            return file;
        }

        private Uri Url()
        {
            var text = Text("url");
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http")
                return url!;
            if (text.Length > 0)
                problems.Add($"{place}.url: '{text}' is no http(s) address.");
            return new Uri("https://invalid.invalid/");
        }

        private long Size()
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("bytes", out var value)
                && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var bytes) && bytes is > 0 and <= MaxModelBytes)
                return bytes;
            problems.Add($"{place}.bytes: the file's size is missing, or not between 1 and {MaxModelBytes}.");
            return 1;
        }

        private string Hash()
        {
            var text = Text("sha256");
            if (text.Length > 0 && (text.Length != 64 || !text.All(char.IsAsciiHexDigit)))
                problems.Add($"{place}.sha256: '{text}' is not 64 hexadecimal digits.");
            return text.ToLowerInvariant();
        }
    }
}
