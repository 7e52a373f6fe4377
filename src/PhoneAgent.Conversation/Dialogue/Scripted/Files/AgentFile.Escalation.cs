using PhoneAgent.Conversation.Escalation;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>The section <c>escalation</c>: when a frustrated caller is handed to a human.</summary>
internal sealed partial class AgentFile
{
    private EscalationOptions ReadEscalation()
    {
        var defaults = new EscalationOptions();
        if (_root.Map("escalation") is not { } map)
            return defaults;
        var options = new EscalationOptions
        {
            Enabled = map.Flag("enabled", defaults.Enabled),
            Threshold = map.Fraction("threshold", defaults.Threshold),
            Release = map.Fraction("release", defaults.Release),
            SustainedTurns = map.Int("sustained_turns", defaults.SustainedTurns, 0, 20),
            SustainedFor = map.Has("sustained_for") && map.Text("sustained_for") is "0" or "0s"
                ? TimeSpan.Zero : map.Duration("sustained_for", TimeSpan.FromMinutes(10)) ?? defaults.SustainedFor,
            MinSources = map.Int("min_signs", defaults.MinSources, 1, Enum.GetValues<FrustrationSource>().Length),
            ModelReading = map.Flag("model_reading", defaults.ModelReading),
            Frustration = ReadFrustration(map, defaults.Frustration),
        };
        map.Done();
        if (options.Release > options.Threshold)
            map.Report(map.At("release"), "escalation.release", "must not be above 'threshold'");
        if (options is { Enabled: true, SustainedTurns: 0 } && options.SustainedFor == TimeSpan.Zero)
            map.ReportHere("with 'sustained_turns: 0' and 'sustained_for: 0s' nothing would ever be sustained; set one of them, or 'enabled: false'");
        return options;
    }

    private static FrustrationOptions ReadFrustration(MapReader map, FrustrationOptions defaults)
    {
        MapReader? weights = map.Map("weights");
        double Weight(string name, double fallback) => weights?.Fraction(name, fallback) ?? fallback;
        var options = new FrustrationOptions
        {
            HalfLife = map.Duration("half_life", TimeSpan.FromHours(1)) ?? defaults.HalfLife,
            LowConfidence = map.Fraction("low_confidence", defaults.LowConfidence),
            SameRequest = map.Fraction("same_request", defaults.SameRequest),
            Voice = Weight("voice", defaults.Voice),
            CalmVoice = Weight("calm_voice", defaults.CalmVoice),
            Words = Weight("words", defaults.Words),
            KindWords = Weight("kind_words", defaults.KindWords),
            Repetition = Weight("repetition", defaults.Repetition),
            Interruption = Weight("interruption", defaults.Interruption),
            NotUnderstood = Weight("not_understood", defaults.NotUnderstood),
            Uncertain = Weight("uncertain", defaults.Uncertain),
            Silence = Weight("silence", defaults.Silence),
            ZeroKey = Weight("zero_key", defaults.ZeroKey),
            Model = Weight("model", defaults.Model),
        };
        weights?.Done();
        return options;
    }
}
