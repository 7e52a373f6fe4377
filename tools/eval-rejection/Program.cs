// How well the embedded recogniser refuses what it was not asked for. Commands (README.md of the recogniser's folder says
// what they gave):
//   line                prints the map of LineNormaliser from narrow to wide cepstra, fitted to the training voices.
//   features FILE.csv   runs the recogniser over all clips, each against several grammars; writes what each verdict rests on, prints
//                       how many answers were right and the CPU they took. STRIDE=4 takes every fourth clip.
//   fit FILE.csv        prints the classifier's numbers, the threshold that cross-validation over the training voices
//                       gives, and the trade-off on held-out voices and people.
//   port [all]          runs the recogniser through its port at its default threshold on what is held out; prints what is
//                       taken, confirmed and refused, the time of Finish, and with `all` each wrong verdict.
using System.Globalization;
using PhoneAgent.EvalRejection;

var stride = int.Parse(Environment.GetEnvironmentVariable("STRIDE") ?? "1", CultureInfo.InvariantCulture);
var corpus = new Corpus("../shared", "/tmp/eval-rejection");
switch (args)
{
    case ["features", var csv]:
        Features.Run(Trials(), csv);
        return 0;
    case ["line"]:
        LineFit.Run(corpus.WideTraining());
        return 0;
    case ["fit", var csv]:
        Fit.Run(csv);
        return 0;
    case ["port", .. var rest]:
        await EndToEnd.RunAsync(Trials().Where(t => !t.Clip.Train), rest is ["all"]);
        return 0;
    default:
        Console.Error.WriteLine("usage: eval-rejection line | features FILE.csv | fit FILE.csv | port [all]");
        return 2;
}

IEnumerable<Trial> Trials()
{
    var clips = corpus.Load();
    Console.WriteLine($"{clips.Count} clips, {clips.Sum(c => c.Audio.Length) / 16_000} s");
    return Trial.Of(clips).Where(t => t.Clip.Number % stride == 0);
}
