using System.Globalization;
using System.Text;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Grammar;
using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>Compiles each expectation once. The oldest are forgotten beyond a bound. Thread-safe.</summary>
internal sealed class GrammarCache(PronouncingDictionary dictionary, LetterToSound? letterToSound)
{
    private const int Capacity = 512;

    private readonly Lock guard = new();
    private readonly Dictionary<string, CompiledGrammar> byKey = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();
    private int nextName;

    public CompiledGrammar Get(Expectation expectation)
    {
        var key = KeyOf(expectation);
        lock (guard)
            if (byKey.TryGetValue(key, out var known))
                return known;
        var compiled = Compile(expectation, $"g{Interlocked.Increment(ref nextName)}");
        lock (guard)
        {
            if (byKey.TryGetValue(key, out var other))
                return other; // another call was quicker
            if (order.Count == Capacity)
                byKey.Remove(order.Dequeue());
            order.Enqueue(key);
            return byKey[key] = compiled;
        }
    }

    private CompiledGrammar Compile(Expectation expectation, string name)
    {
        var problems = new List<string>();
        var answers = GrammarCompiler.Compile(expectation, problems);
        var pronunciations = new List<KeyValuePair<string, string[]>>();
        foreach (var word in answers.Words)
        {
            var found = dictionary.Find(word);
            if (found.Length == 0 && letterToSound?.Pronounce(word) is { } guess)
                found = [guess];
            if (found.Length == 0)
                problems.Add($"The word '{word}' is not in the recogniser's dictionary and has no pronunciation: write it as it is spoken, or with other words.");
            pronunciations.Add(new(word, found));
        }
        return new CompiledGrammar(name, answers, pronunciations, problems);
    }

    /// <summary>The records' own equality compares lists by reference.</summary>
    private static string KeyOf(Expectation expectation)
    {
        var key = new StringBuilder();
        foreach (var answer in expectation.Answers)
        {
            key.Append(answer.GetType().Name).Append('\u0001').Append(answer.Tag);
            if (answer is PhraseAnswer phrases)
                key.Append('\u0002').AppendJoin('\u0002', phrases.Phrases);
            if (answer is DigitsAnswer digits)
                key.Append(CultureInfo.InvariantCulture, $"\u0002{digits.MinDigits}-{digits.MaxDigits}");
            key.Append('\u0003');
        }
        return key.ToString();
    }
}
