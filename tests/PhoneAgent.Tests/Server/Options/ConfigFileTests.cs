using System.Reflection;
using System.Text.Json;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Options;

/// <summary>config/phoneagent.yaml says the truth: every option, each with its default.</summary>
public sealed class ConfigFileTests
{
    private static readonly string ConfigFile = Path.Combine(Repository.Root, "config", "phoneagent.yaml");

    [Fact]
    public void AsItIsItChangesNothing()
    {
        LoadedConfig config = ConfigLoader.Load(new ConfigSources { File = ConfigFile });
        Assert.Empty(config.Problems);
        Assert.Equal(Json(new PhoneAgentOptions()), Json(config.Options));
    }

    [Fact]
    public void WithEveryOptionTakenInItStillSaysTheDefaults()
    {
        string path = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}.yaml");
        File.WriteAllLines(path, Uncommented());
        try
        {
            LoadedConfig config = ConfigLoader.Load(new ConfigSources { File = path });
            Assert.Empty(config.Problems);
            Assert.Equal(Json(new PhoneAgentOptions()), Json(config.Options));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void NoOptionIsForgotten()
    {
        var written = new HashSet<string>();
        ConfigNode tree = Read();
        Collect(tree, "", written);
        string[] forgotten = [.. KeysOf(typeof(PhoneAgentOptions), "").Except(written)];
        Assert.Empty(forgotten);
    }

    private static ConfigNode Read()
    {
        string path = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}.yaml");
        File.WriteAllLines(path, Uncommented());
        try
        {
            return ConfigReader.ReadFile(path, [])!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    // An option that is commented out has its key right after the sign, prose has a blank.
    private static IEnumerable<string> Uncommented()
    {
        foreach (string line in File.ReadLines(ConfigFile))
        {
            string text = line.TrimStart();
            yield return text.Length > 1 && text[0] == '#' && text[1] != ' '
                ? string.Concat(line.AsSpan(0, line.Length - text.Length), text.AsSpan(1))
                : line;
        }
    }

    private static void Collect(ConfigNode node, string prefix, HashSet<string> keys)
    {
        if (node is not ConfigMap map)
            return;
        foreach (ConfigEntry entry in map.Entries)
        {
            keys.Add(prefix + entry.Key);
            Collect(entry.Value, $"{prefix}{entry.Key}.", keys);
        }
    }

    private static IEnumerable<string> KeysOf(Type type, string prefix)
    {
        foreach (PropertyInfo property in ConfigBinder.PropertiesOf(type))
        {
            string key = prefix + ConfigBinder.KeyOf(property);
            if (!ConfigBinder.IsRecord(property.PropertyType))
                yield return key;
            else
                foreach (string below in KeysOf(property.PropertyType, key + "."))
                    yield return below;
        }
    }

    private static string Json(PhoneAgentOptions options) => JsonSerializer.Serialize(options);
}
