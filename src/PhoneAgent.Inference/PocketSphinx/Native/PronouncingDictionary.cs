using System.Collections.Concurrent;
using System.Text;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>
/// The CMU dictionary, searched in its file's bytes: decoders then hold only the words they need, which saves most of
/// the memory and of the start of each. Thread-safe.
/// </summary>
internal sealed class PronouncingDictionary
{
    private readonly byte[] text;
    private readonly ConcurrentDictionary<string, string[]> known = new(StringComparer.Ordinal);

    private PronouncingDictionary(byte[] text) => this.text = text;

    /// <exception cref="EngineException">The file cannot be read.</exception>
    public static PronouncingDictionary Load(string modelFolder)
    {
        var path = Path.Combine(modelFolder, "cmudict-en-us.dict");
        try
        {
            return new PronouncingDictionary([(byte)'\n', .. File.ReadAllBytes(path)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"PocketSphinx's dictionary {path} cannot be read: run `apt-get install pocketsphinx-en-us`.", e);
        }
    }

    /// <summary>All pronunciations of a lower-case word, e.g. "DH AH"; the usual one first; empty when it is not in the dictionary.</summary>
    public string[] Find(string word) => known.GetOrAdd(word, Search);

    private string[] Search(string word)
    {
        var found = new List<string>();
        var key = Encoding.UTF8.GetBytes('\n' + word);
        ReadOnlySpan<byte> all = text;
        for (var position = 0; ;)
        {
            var at = all[position..].IndexOf(key);
            if (at < 0)
                return [.. found];
            position += at + key.Length;
            var line = all[position..];
            var end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            if (line.Length > 3 && line[0] == '(' && line.IndexOf((byte)')') is > 0 and var close)
                line = line[(close + 1)..];
            if (line.Length > 1 && line[0] is (byte)' ' or (byte)'\t')
                found.Add(Encoding.ASCII.GetString(line).Trim());
        }
    }
}
