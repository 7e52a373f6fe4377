using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.PocketSphinx.Grammar;

namespace PhoneAgent.EvalRejection;

/// <summary>The recogniser itself, through its port, on the clips held out: what a dialogue would see.</summary>
internal static class EndToEnd
{
    public static async Task RunAsync(IEnumerable<Clip> clips, bool show)
    {
        var grammar = GrammarCompiler.Compile(Sentences.Grammars[0].Expectation, []);
        var before = Environment.WorkingSet;
        var made = TimeProvider.System.GetTimestamp();
        await using var recognizer = new PocketSphinxRecognizer(new PocketSphinxOptions { WarmDecoders = 8 });
        Console.WriteLine($"8 decoders: {TimeProvider.System.GetElapsedTime(made).TotalSeconds:F2} s, {(Environment.WorkingSet - before) >> 20} MiB");
        var (cpu, seconds) = (Environment.CpuUsage.TotalTime, 0.0);
        var (finishCpu, finishes) = (TimeSpan.Zero, 0);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var clip in clips.Where(c => !c.Train && c.Words is not null && c.Kind == "synthetic"))
        {
            var request = new RecognitionRequest(Sentences.Grammars[0].Expectation);
            var truth = grammar.Match(clip.Words!.Split(' '));
            var expected = truth.IsComplete;
            RecognitionResult? final = null;
            using var stream = recognizer.Open(request, r => final = r);
            for (var at = 0; at + 320 <= clip.Audio.Length; at += 320)
                stream.Push(clip.Audio.AsSpan(at, 320));
            var start = Environment.CpuUsage.TotalTime;
            stream.Finish();
            finishCpu += Environment.CpuUsage.TotalTime - start;
            finishes++;
            seconds += clip.Audio.Length / 16_000.0;
            var right = expected && Meaning.Of(truth.Tag, clip.Words!.Split(' ')) == Meaning.Of(final!.Tag, final.Text.Split(' '));
            var key = $"{(expected ? "expected" : "other")} {final!.Outcome}{(right ? " right" : "")}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
            if (show && expected)
                Console.WriteLine($"{clip.Speaker} '{clip.Words}' -> {final.Outcome} '{final.Text}' {final.Confidence:F2} {final.Error}");
        }
        Console.WriteLine($"CPU of all: RTF {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds / seconds:F3}; of Finish: {finishCpu.TotalMilliseconds / finishes:F0} ms for {seconds / finishes:F1} s");
        foreach (var (key, count) in counts)
            Console.WriteLine($"{key}: {count}");
    }
}
