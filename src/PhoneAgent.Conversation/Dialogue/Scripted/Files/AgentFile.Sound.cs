using System.Globalization;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>The sections <c>pronunciation</c>, <c>fillers</c> and <c>ambience</c>.</summary>
internal sealed partial class AgentFile
{
    private const int MaxFillers = 50;

    private AgentSound ReadSound() => new() { Pronunciations = ReadPronunciations(), Fillers = ReadFillers(), Ambience = ReadAmbience(), Moods = ReadMoods() };

    private Pronunciations ReadPronunciations()
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_root.Map("pronunciation") is not { } map)
            return Pronunciations.None;
        foreach ((ScalarNode written, _) in map.Node.Entries)
        {
            string? spoken = map.Text(written.Value)?.Trim();
            if (string.IsNullOrWhiteSpace(written.Value) || written.Value.Length > Pronunciations.MaxWritten)
                map.Report(written, map.PathOf(written.Value), $"a written form has 1 to {Pronunciations.MaxWritten} characters");
            else if (spoken is not { Length: > 0 and <= Pronunciations.MaxSpoken })
                map.Report(written, map.PathOf(written.Value), $"must say how it is said, in 1 to {Pronunciations.MaxSpoken} characters");
            else
                entries[written.Value.Trim()] = spoken;
        }
        if (entries.Count > Pronunciations.MaxEntries)
            map.ReportHere($"more than {Pronunciations.MaxEntries} words");
        return new Pronunciations(entries);
    }

    private List<string> ReadFillers()
    {
        List<string> fillers = [.. _root.Texts("fillers").Select(text => text.Value.Trim()).Where(text => text.Length > 0)];
        if (fillers.Count > MaxFillers)
            _root.Report(_root.At("fillers"), "fillers", $"more than {MaxFillers}");
        return fillers;
    }

    private Ambience? ReadAmbience()
    {
        if (_root.Map("ambience") is not { } map)
            return null;
        string file = map.Required("file");
        double level = Ambience.DefaultLevelDb;
        if (map.Text("level_db") is { } text && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out level))
            map.Report(map.Get("level_db")!, map.PathOf("level_db"), $"must be a number of decibels such as -45, not '{text}'");
        map.Done();
        if (file.Length == 0)
            return null;
        if (Ambience.TryLoad(Resolve(file), level, out Ambience? ambience, out string? error))
            return ambience;
        map.Report(map.Get("file")!, map.PathOf("file"), $"{Resolve(file)} cannot be the background: {error}");
        return null;
    }
}
