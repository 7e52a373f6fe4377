using System.Globalization;
using PhoneAgent.Conversation.Answering;

namespace PhoneAgent.EvalAmd;

/// <summary>Prints what came out, as Markdown.</summary>
internal static class Table
{
    private static readonly AnswerKind[] Kinds =
        [AnswerKind.Person, AnswerKind.Machine, AnswerKind.NotInService, AnswerKind.Busy, AnswerKind.Congested, AnswerKind.Fax, AnswerKind.Silent];

    public static void Print(string title, List<Outcome> outcomes)
    {
        Console.WriteLine($"\n**{title}**: {outcomes.Count} calls, {outcomes.Count(outcome => outcome.IsRight)} right\n");
        Console.WriteLine($"| truth \\ verdict | {string.Join(" | ", Kinds)} | none | recall | precision | verdict after, median | p95 |");
        Console.WriteLine($"|---{string.Concat(Enumerable.Repeat("|---", Kinds.Length + 5))}|");
        foreach (AnswerKind kind in Kinds)
        {
            List<Outcome> those = [.. outcomes.Where(outcome => outcome.Answer.Truth == kind)];
            IEnumerable<int> row = [.. Kinds.Select(verdict => those.Count(outcome => outcome.Kind == verdict)), those.Count(outcome => outcome.Kind == AnswerKind.Undecided)];
            double[] times = [.. those.Where(outcome => outcome.IsRight).Select(outcome => Verdict(outcome, kind)).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {kind} | {string.Join(" | ", row)} | {Share(those, outcome => outcome.IsRight)} | {Share([.. outcomes.Where(outcome => outcome.Kind == kind)], outcome => outcome.IsRight)} | {Seconds(times, 0.5)} | {Seconds(times, 0.95)} |"));
        }
        List<Outcome> persons = [.. outcomes.Where(outcome => outcome.Answer.Truth == AnswerKind.Person)], machines = [.. outcomes.Where(outcome => outcome.Answer.Truth == AnswerKind.Machine)];
        double[] gaps = [.. persons.Select(outcome => outcome.Gap?.TotalSeconds).OfType<double>().Order()];
        double[] messages = [.. machines.Where(outcome => outcome is { Answer.Beep: not null, Message: not null }).Select(outcome => (outcome.Message!.Value - outcome.Answer.Beep!.Value).TotalSeconds).Order()];
        Console.WriteLine($"\nPersons hear the agent {Seconds(gaps, 0.5)} after their last sample (p95 {Seconds(gaps, 0.95)}, longest {Seconds(gaps, 1)}; {gaps.Count(gap => gap > 1.5)} later than 1.5 s, {persons.Count - gaps.Length} never); engines take no time here.");
        Console.WriteLine($"Machines taken for a person at first: {Share(machines, outcome => outcome.First?.Kind is AnswerKind.Person or AnswerKind.Silent)}.");
        Console.WriteLine($"Of {machines.Count(outcome => outcome.Answer.Beep is not null)} machines with a beep {messages.Count(after => after >= -0.1)} got the whole message after it, {Seconds(messages, 0.5)} behind it (p95 {Seconds(messages, 0.95)}).");
    }

    private static double Verdict(Outcome outcome, AnswerKind kind) =>
        (outcome.Verdicts.First(verdict => verdict.Kind == kind || (kind == AnswerKind.Machine && verdict.Kind == AnswerKind.Voicemail)).At - outcome.Answer.From).TotalSeconds;

    private static string Share(List<Outcome> outcomes, Func<Outcome, bool> what) =>
        outcomes.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * outcomes.Count(what) / outcomes.Count:0.0} %");

    private static string Seconds(double[] sorted, double share) =>
        sorted.Length == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))]:0.00} s");
}
