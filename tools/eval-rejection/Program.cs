using System.Globalization;
using PhoneAgent.EvalRejection;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Inference.PocketSphinx.Grammar;
using PhoneAgent.Inference.PocketSphinx.Native;
using PhoneAgent.Inference.PocketSphinx.Rejection;

if (args[0] == "fit")
{
    Fit.Run(args[1]);
    return;
}

var clips = await new Corpus("../shared", "/tmp/eval-rejection").LoadAsync();
Console.WriteLine($"{clips.Count} clips, {clips.Sum(c => c.Audio.Length) / 16000} s");
if (args[0] == "port")
{
    await EndToEnd.RunAsync(clips, args.Length > 1);
    return;
}
SphinxNative.Load();
var options = new PocketSphinxOptions();
var dictionary = PronouncingDictionary.Load(options.ModelFolder);
var cache = new GrammarCache(dictionary, LetterToSound.TryLoad());
var fold = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 0;
var stride = int.Parse(Environment.GetEnvironmentVariable("STRIDE") ?? "1", CultureInfo.InvariantCulture);

foreach (var mode in args[0].Split(','))
{
    using var config = SphinxConfigs.Create(options);
    var decoder = SphinxDecoder.Create(config, options.ModelFolder);
    using var engine = new PooledDecoder(decoder, new CepstrumFrontEnd(config), 32);
    var ok = new Dictionary<string, (int Right, int All)>();
    var segments = new List<SphinxSegment>();
    var phones = new List<SphinxSegment>();
    var evidence = new Evidence();
    double grammarTime = 0, phoneTime = 0, audioTime = 0;
    var total = new double[13]; long frames = 0;
    using var csv = new StreamWriter($"/tmp/eval-{mode}.csv");
    csv.WriteLine("kind,train,speaker,grammar,expected,right,words,hyp," + string.Join(',', Evidence.Names));
    var number = 0;
    foreach (var clip in clips)
    {
        number++;
    if (number % stride != 0) continue;
        var inGrammar = 0;
        for (var g = 0; g < Sentences.Grammars.Length; g++)
        {
            var (name, expectation) = Sentences.Grammars[g];
            var grammar = cache.Get(expectation);
            if (grammar.Problems.Count > 0) throw new InvalidOperationException(grammar.Problems[0]);
            var truth = clip.Words is null ? default : grammar.Answers.Match(clip.Words.Split(' ').Select(w => w));
            if (truth.IsComplete && inGrammar++ > 1) continue;
            if (!truth.IsComplete && (number + g) % 4 != 0) continue;
            if (!truth.IsComplete && mode == "acc") continue;
            engine.Use(grammar);
            engine.FrontEnd.Start();
            var audio = clip.Audio;
            if (fold > 0)
            {
                audio = (short[])audio.Clone();
                for (var i = 0; i < audio.Length; i++)
                    audio[i] = (short)Math.Clamp(audio[i] * (1 + ((i & 1) == 0 ? fold : -fold)), -32768, 32767);
            }
            for (var at = 0; at + 320 <= audio.Length; at += 320) engine.FrontEnd.Push(audio.AsSpan(at, 320));
            var mean = new float[13];
            var cep = engine.FrontEnd.Frames.ToArray();
            foreach (var i in Enumerable.Range(0, cep.Length)) total[i % 13] += cep[i];
            frames += engine.FrontEnd.FrameCount;
            CepstralMean.Estimate(cep, mode.StartsWith("batch", StringComparison.Ordinal) ? 0 : 100, mean);
            CepstralMean.Subtract(cep, mean, cep);
            var clock = TimeProvider.System.GetTimestamp();
            decoder.Start(grammar.Name);
            decoder.Process(cep);
            decoder.End();
            grammarTime += TimeProvider.System.GetElapsedTime(clock).TotalSeconds;
            audioTime += audio.Length / 16000.0;
            var hypothesis = decoder.Hypothesis(out _);
            decoder.ReadSegments(segments);
            var words = segments.Where(s => !s.IsFiller).Select(s => s.Word).ToList();
            var match = grammar.Answers.Match(words);
            var right = truth.IsComplete && hypothesis is not null && Meaning.Of(truth.Tag, clip.Words!.Split(' ')) == Meaning.Of(match.Tag, words);
            if (truth.IsComplete)
            {
                var key = clip.Kind + (clip.Name.StartsWith("fsdd", StringComparison.Ordinal) ? "-fsdd" : clip.Kind == "real" ? "-other" : "") + " " + name;
                var (r, a) = ok.GetValueOrDefault(key);
                ok[key] = (r + (right ? 1 : 0), a + 1);
                if (!right && Environment.GetEnvironmentVariable("SHOW") is not null) Console.WriteLine($"{clip.Speaker} '{clip.Words}' -> '{string.Join(' ', words)}'");
            }
            if (mode.Contains("feat", StringComparison.Ordinal))
            {
                clock = TimeProvider.System.GetTimestamp();
                decoder.Start(SphinxDecoder.Phones);
                decoder.Process(cep);
                decoder.End();
                decoder.ReadSegments(phones);
                phoneTime += TimeProvider.System.GetElapsedTime(clock).TotalSeconds;
                var f = new double[Evidence.Names.Length];
                if (hypothesis is null) segments.RemoveAll(s => !s.IsFiller);
                evidence.Extract(segments, phones, grammar.Pronounce, f);
                csv.WriteLine(string.Join(',', clip.Name.StartsWith("fsdd", StringComparison.Ordinal) ? "fsdd" : clip.Kind, clip.Train ? 1 : 0, clip.Speaker, name, truth.IsComplete ? 1 : 0, right ? 1 : 0, clip.Words?.Split(',')[0] ?? clip.Name, hypothesis is null ? "" : string.Join(' ', words), string.Join(',', f.Select(v => v.ToString("F4", CultureInfo.InvariantCulture)))));
            }
        }
    }
    Console.WriteLine($"{mode}: grammar RTF {grammarTime / audioTime:F4}, phones RTF {phoneTime / audioTime:F4}, {audioTime:F0} s, mean {string.Join(",", total.Select(t => (t / frames).ToString("F2", CultureInfo.InvariantCulture)))}");
    foreach (var (key, (r, a)) in ok.OrderBy(k => k.Key)) Console.WriteLine($"  {key}: {r}/{a}");
    Console.WriteLine($"  all: {ok.Values.Sum(v => v.Right)}/{ok.Values.Sum(v => v.All)}");
}
