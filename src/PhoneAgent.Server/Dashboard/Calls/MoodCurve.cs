using PhoneAgent.Conversation.Escalation;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>A caller's frustration over the call: a sum of signs that fades, and the tones of his utterances. Not thread-safe.</summary>
internal sealed class MoodCurve(FrustrationOptions options, double threshold)
{
    private readonly List<MoodPoint> _points = [];
    private readonly List<TonePoint> _tones = [];

    /// <summary>From here on the caller counts as frustrated.</summary>
    public double Threshold => threshold;

    /// <summary>Every sign, with the score after it.</summary>
    public IReadOnlyList<MoodPoint> Points => _points;

    public IReadOnlyList<TonePoint> Tones => _tones;

    public TimeSpan HalfLife => options.HalfLife;

    public void Add(TimelineEvent happened)
    {
        if (happened is TimelineEvent.Frustration sign)
            _points.Add(new MoodPoint(sign.At, sign.Score, sign.Amount, sign.Source.ToString(), sign.Detail));
        else if (happened is TimelineEvent.Emotion { IsFinal: true } tone && tone.Label != "unknown")
            _tones.Add(new TonePoint(tone.At, tone.Label, tone.Confidence));
    }

    public double ScoreAt(TimeSpan now)
    {
        int last = _points.FindLastIndex(point => point.At <= now);
        return last < 0 ? 0 : _points[last].Score * Math.Pow(0.5, (now - _points[last].At) / options.HalfLife);
    }

    /// <summary>The score at equal steps up to a moment; nothing before the call began.</summary>
    public IReadOnlyList<double> Sample(TimeSpan now, TimeSpan window, int steps)
    {
        var scores = new List<double>(steps + 1);
        for (int i = 0; i <= steps; i++)
        {
            TimeSpan at = now - window + window * i / steps;
            if (at >= TimeSpan.Zero)
                scores.Add(ScoreAt(at));
        }
        return scores;
    }
}

/// <summary>A sign of frustration, or against it.</summary>
/// <param name="Score">After it, 0–1.</param>
/// <param name="Amount">What it changed.</param>
/// <param name="Source">Its kind.</param>
/// <param name="Detail">What it was. Personal data.</param>
public sealed record MoodPoint(TimeSpan At, double Score, double Amount, string Source, string Detail);

/// <summary>How an utterance sounded.</summary>
/// <param name="Confidence">0–1.</param>
public sealed record TonePoint(TimeSpan At, string Label, double Confidence);
