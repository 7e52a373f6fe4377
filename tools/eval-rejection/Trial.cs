using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Grammar;

namespace PhoneAgent.EvalRejection;

/// <summary>A clip heard by a recogniser that expects something: the words said, or others.</summary>
/// <param name="Truth">The tag of the right answer; null when what is said is not expected.</param>
internal sealed record Trial(Clip Clip, string Grammar, Expectation Expectation, string? Truth)
{
    private const int Choices = 8;
    private const int MostWords = 8;

    public string[] Said => Clip.Words?.Split(' ') ?? [];

    /// <summary>Each clip against at most two steps that expect it, some that do not, and a choice of other clips' words with and without its own.</summary>
    public static IEnumerable<Trial> Of(IReadOnlyList<Clip> clips)
    {
        var steps = Sentences.Steps.Select(s => (s.Name, s.Expectation, Grammar: GrammarCompiler.Compile(s.Expectation, []))).ToArray();
        var phrases = clips.Where(c => IsPhrase(c.Words)).Select(c => c.Words!).Distinct().Order(StringComparer.Ordinal).ToArray();
        foreach (var clip in clips)
        {
            var expected = 0;
            for (var s = 0; s < steps.Length; s++)
            {
                var (name, expectation, grammar) = steps[s];
                var truth = clip.Words is null ? null : grammar.Match(clip.Words.Split(' ')).Tag;
                if (truth is not null ? expected++ < 2 : (clip.Number + s) % 4 == 0)
                    yield return new Trial(clip, name, expectation, truth);
            }
            var random = new Random(clip.Number);
            var others = Enumerable.Range(0, Choices).Select(_ => phrases[random.Next(phrases.Length)]).Where(p => !Overlap(p, clip.Words)).ToArray();
            yield return new Trial(clip, "choice without", Choice(others), null);
            if (IsPhrase(clip.Words))
                yield return new Trial(clip, "choice with", Choice([.. others, clip.Words!]), clip.Words);
        }
    }

    public bool IsRight(string? tag, IEnumerable<string> heard) => Truth is not null && Meaning.Of(Truth, Said) == Meaning.Of(tag, heard);

    /// <summary>A phrase within another is heard for good reason.</summary>
    private static bool Overlap(string phrase, string? said) =>
        said is not null && ($" {said} ".Contains($" {phrase} ", StringComparison.Ordinal) || $" {phrase} ".Contains($" {said} ", StringComparison.Ordinal));

    private static bool IsPhrase(string? words) => words is not null && words.Split(' ').Length <= MostWords;

    private static Expectation Choice(IEnumerable<string> phrases) =>
        new() { Answers = [.. phrases.Distinct().Select(p => new PhraseAnswer(p, [p]))] };
}
