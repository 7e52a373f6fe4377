using System.Text;
using System.Text.RegularExpressions;
using PhoneAgent.Conversation;
using PhoneAgent.Inference.Espeak;

namespace PhoneAgent.Inference.Piper;

/// <summary>
/// Text to phonemes by eSpeak NG, a process a text (some 10 ms), as Piper's own phonemizer gives them: the marks of
/// punctuation stay, the flags around words of another language go.
/// </summary>
internal sealed partial class PiperPhonemizer(EspeakOptions options)
{
    private const int MaxOutputBytes = 1 << 20;

    /// <summary>The phonemes of each clause of one text, with its mark.</summary>
    /// <exception cref="EngineException">eSpeak NG is not installed, or does not know the language.</exception>
    public async Task<IReadOnlyList<string>> PhonemizeAsync(IReadOnlyList<PiperClause> clauses, string espeakVoice, CancellationToken cancellationToken)
    {
        if (clauses.Count == 0)
            return [];
        var lines = await RunAsync(string.Join(' ', clauses.Select(clause => clause.Text)), espeakVoice, cancellationToken).ConfigureAwait(false);
        if (lines.Length == clauses.Count)
            return [.. clauses.Select((clause, i) => WithMark(lines[i], clause.Mark))];
        // It cuts elsewhere than we do. Alone a clause may be stressed a little differently, but its mark is its own.
        var phonemes = new List<string>();
        foreach (var clause in clauses)
            phonemes.Add(WithMark(string.Join(' ', await RunAsync(clause.Text, espeakVoice, cancellationToken).ConfigureAwait(false)), clause.Mark));
        return phonemes;
    }

    /// <param name="output">What the program prints: a line for each clause that it sees.</param>
    internal static string[] Lines(string output) =>
        LanguageFlag().Replace(output, "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string WithMark(string phonemes, string mark) =>
        phonemes.Length == 0 ? "" : mark is "," or ":" or ";" ? $"{phonemes}{mark} " : phonemes + mark;

    private async Task<string[]> RunAsync(string text, string espeakVoice, CancellationToken cancellationToken)
    {
        var process = EspeakProcess.Start(options, "-q", "--ipa", "-b", "1", "-v", espeakVoice, "--stdin");
        await using (process.ConfigureAwait(false))
        {
            await process.WriteTextAsync(EspeakSynthesizer.Printable(text), cancellationToken).ConfigureAwait(false);
            using var output = new MemoryStream();
            var buffer = new byte[4_096];
            int count;
            while ((count = await process.Output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                output.Write(buffer, 0, count);
                if (output.Length > MaxOutputBytes)
                    throw new EngineException($"espeak-ng gave more than {MaxOutputBytes} bytes of phonemes for one text.");
            }
            await process.CheckExitAsync(cancellationToken).ConfigureAwait(false);
            return Lines(Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length));
        }
    }

    [GeneratedRegex(@"\([^)]+\)", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageFlag();
}
