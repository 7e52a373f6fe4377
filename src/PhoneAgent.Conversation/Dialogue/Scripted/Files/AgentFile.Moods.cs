using System.Globalization;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>The section <c>moods</c>: how the agent's manner follows the caller's.</summary>
internal sealed partial class AgentFile
{
    private static readonly string[] s_moods = ["calm", "happy", "anxious", "frustrated", "sad"];

    private Dictionary<string, MoodManner> ReadMoods()
    {
        var moods = new Dictionary<string, MoodManner>(StringComparer.Ordinal);
        if (_root.Map("moods") is not { } map)
            return moods;
        foreach (string mood in s_moods)
        {
            if (map.Map(mood) is not { } manner)
                continue;
            moods[mood] = new MoodManner { Rate = Number(manner, "rate", 1, 0.8, 1.2), GainDb = Number(manner, "gain_db", 0, -6, 3), Style = manner.Text("style") };
            manner.Done();
        }
        map.Done();
        return moods;
    }

    private static double Number(MapReader map, string name, double fallback, double min, double max)
    {
        if (map.Text(name) is not { } text)
            return fallback;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max)
            return value;
        map.Report(map.Get(name)!, map.PathOf(name), string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}, not '{text}'"));
        return fallback;
    }
}
