using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx;

namespace PhoneAgent.EvalRejection;

/// <summary>The recogniser itself, through its port, on the clips held out: what a dialogue would see.</summary>
internal static class EndToEnd
{
    public static async Task RunAsync(IEnumerable<Clip> clips, bool show)
    {
        await using var recognizer = new PocketSphinxRecognizer(new PocketSphinxOptions());
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var clip in clips.Where(c => !c.Train && c.Words is not null && c.Kind == "synthetic"))
        {
            var request = new RecognitionRequest(Sentences.Grammars[0].Expectation);
            var expected = Sentences.Expected.Take(16).Contains(clip.Words);
            RecognitionResult? final = null;
            using var stream = recognizer.Open(request, r => final = r);
            for (var at = 0; at + 320 <= clip.Audio.Length; at += 320)
                stream.Push(clip.Audio.AsSpan(at, 320));
            stream.Finish();
            var key = $"{(expected ? "expected" : "other")} {final!.Outcome}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
            if (show && expected)
                Console.WriteLine($"{clip.Speaker} '{clip.Words}' -> {final.Outcome} '{final.Text}' {final.Confidence:F2} {final.Error}");
        }
        foreach (var (key, count) in counts)
            Console.WriteLine($"{key}: {count}");
    }
}
