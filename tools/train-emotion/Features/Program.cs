// The features that the emotion classifier is trained and evaluated with, by the same code that computes them in a call.
//   train-emotion-features DATA OUT [VARIANTS]
// DATA is a folder laid out like ../shared/data. Written are, of every clip, VARIANTS random telephone lines for training, and
// for evaluation: `clean` (no line), `g711` (300–3400 Hz, G.711), `noise10` (the same with noise 10 dB below the voice; noises that
// no training variant has). The same data give the same files.
using System.Globalization;
using PhoneAgent.TrainEmotion;

if (args is not [var data, var output, .. var rest] || rest.Length > 1)
{
    Console.Error.WriteLine("usage: train-emotion-features DATA OUT [VARIANTS]");
    return 2;
}
int variants = rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 10;
var corpus = new Corpus(data);
List<Clip> clips = corpus.Load();
List<short[]> rooms = corpus.Rooms(), noises = corpus.Noises(training: true), otherNoises = corpus.Noises(training: false);
using var writer = new FeatureWriter(output);
for (int number = 0; number < clips.Count; number++)
{
    Clip clip = clips[number];
    var random = new Random(number);
    bool aLaw = number % 2 == 0;
    var line = new LineConditions { ALaw = aLaw };
    writer.Add(clip, "clean", TelephoneLine.Clean(clip));
    writer.Add(clip, "g711", TelephoneLine.Send(clip, line, random));
    writer.Add(clip, "noise10", TelephoneLine.Send(clip, line with { Noise = otherNoises[number % otherNoises.Count], NoiseDb = line.LevelDb - 10 }, random));
    for (int i = 0; i < variants && clip.Use != ClipUse.EnglishTestOnly; i++)
        writer.Add(clip, "train", TelephoneLine.Send(clip, LineConditions.Draw(random, noises, rooms), random));
}
Console.WriteLine($"{clips.Count} clips, {clips.Sum(c => (double)c.Samples.Length / c.SampleRate):F0} s, in {output}");
return 0;
