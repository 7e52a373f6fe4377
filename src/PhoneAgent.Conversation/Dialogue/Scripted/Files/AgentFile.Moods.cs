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
            moods[mood] = new MoodManner
            {
                Rate = manner.Number("rate", 1, 0.8, 1.2),
                GainDb = manner.Number("gain_db", 0, -6, 3),
                Pause = manner.Duration("pause", TimeSpan.FromSeconds(1)) ?? TimeSpan.Zero,
                Style = manner.Text("style"),
                Rules = Sentences(manner, "rules"),
            };
            manner.Done();
        }
        map.Done();
        return moods;
    }

    /// <summary>One text or a list of variants; or a map with them: <c>usual</c>, and others for callers in some mood.</summary>
    private Lines LinesOf(MapReader map, string name, params string[] own)
    {
        if (map.Get(name) is not MapNode)
            return Lines.Of(Templates(map, name, own));
        MapReader moods = map.Map(name)!;
        var byMood = new Dictionary<string, IReadOnlyList<Template>>(StringComparer.Ordinal);
        foreach (string mood in s_moods)
        {
            if (Templates(moods, mood, own) is { Count: > 0 } variants)
                byMood[mood] = variants;
        }
        IReadOnlyList<Template> usual = Templates(moods, "usual", own);
        moods.Done();
        if (usual.Count == 0)
            moods.ReportHere("'usual' is missing: what callers hear whose mood is not named, or not known");
        return new Lines(usual, byMood);
    }
}
