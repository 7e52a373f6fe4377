namespace PhoneAgent.Testing.Escalation;

/// <summary>What many calls add up to. Callers who ask for a human are obeyed by the dialogue, so they are counted by themselves.</summary>
public sealed class EvaluationScore(IReadOnlyList<EvaluationOutcome> outcomes)
{
    private readonly List<EvaluationOutcome> _judged = [.. outcomes.Where(outcome => outcome.Call.Kind != EvaluationCall.AsksForHuman)];

    public int Calls => outcomes.Count;

    /// <summary>Of those who were handed to a human, the share for whom that was right.</summary>
    public double Precision => Share(_judged.Where(outcome => outcome.IsEscalated), outcome => outcome.Call.Escalate);

    /// <summary>Of those who should have been, the share who were, in time.</summary>
    public double Recall => Share(_judged.Where(outcome => outcome.Call.Escalate), outcome => outcome.IsRight);

    /// <summary>Per hundred calls that should not have been.</summary>
    public double FalsePer100 => 100 * Share(_judged.Where(outcome => !outcome.Call.Escalate), outcome => outcome.IsEscalated, ofNone: 0);

    /// <summary>Asked for a human, and obeyed at once.</summary>
    public (int Obeyed, int Of) Asked => (outcomes.Except(_judged).Count(outcome => outcome.IsRight), outcomes.Count - _judged.Count);

    /// <summary>From the moment the truth says that he is frustrated; NaN when nobody was handed on.</summary>
    public double MedianSeconds => Quantile(0.5, outcome => outcome.Took!.Value.TotalSeconds);

    public double P90Seconds => Quantile(0.9, outcome => outcome.Took!.Value.TotalSeconds);

    /// <summary>Turns of the caller, counted from the one from which he is frustrated.</summary>
    public double MedianTurns => Quantile(0.5, TurnsOf);

    public double P90Turns => Quantile(0.9, TurnsOf);

    private static double TurnsOf(EvaluationOutcome outcome) => Math.Max(1, outcome.Turn!.Value - outcome.Call.Since + 1);

    private double Quantile(double q, Func<EvaluationOutcome, double> of)
    {
        List<double> values = [.. _judged.Where(outcome => outcome is { IsEscalated: true, Call.Escalate: true }).Select(of).Order()];
        return values.Count == 0 ? double.NaN : values[Math.Min(values.Count - 1, (int)Math.Ceiling(q * values.Count) - 1)];
    }

    private static double Share(IEnumerable<EvaluationOutcome> all, Func<EvaluationOutcome, bool> those, double ofNone = 1)
    {
        List<EvaluationOutcome> list = [.. all];
        return list.Count == 0 ? ofNone : (double)list.Count(those) / list.Count;
    }
}
