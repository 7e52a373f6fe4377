// How well it is told who answers a call of ours (README.md says what came out).
//   eval-amd                 the tables for the tuning half and the held-out half
//   eval-amd tuning          the first only
//   eval-amd why [HALF]      each call of a half that went wrong, with its verdicts
using PhoneAgent.Conversation.Listening;
using PhoneAgent.EvalAmd;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Silero;
using PhoneAgent.Testing;

if (SharedData.Root is not { } shared || SharedData.Find("models/silero/silero_vad.onnx") is not { } model)
{
    Console.Error.WriteLine("The recordings and models of ../shared are needed; set PHONEAGENT_SHARED to their folder.");
    return 1;
}
var speech = new Speech(shared, Path.Combine(Path.GetTempPath(), "eval-amd"));
using IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
using var silero = new SileroVoiceDetector(runtime, new SileroOptions { ModelPath = model, Batch = false });
switch (args)
{
    case [] or ["tuning"]:
        Table.Print("Tuning half, Silero", await RunAsync(tuning: true, silero));
        if (args.Length > 0)
            return 0;
        Table.Print("Held-out half, Silero", await RunAsync(tuning: false, silero));
        using (var energy = new EnergyVoiceDetector())
            Table.Print("Held-out half, energy detector", await RunAsync(tuning: false, energy));
        return 0;
    case ["why", .. var half]:
        foreach (Outcome wrong in (await RunAsync(half is not ["held-out"], silero)).Where(outcome => !outcome.IsRight))
            Console.WriteLine($"{wrong.Answer.Truth}: {wrong.Answer.Name}\n    {string.Join("\n    ", wrong.Verdicts.Select(verdict => $"{verdict.At.TotalSeconds:0.0} s {verdict.Kind} {verdict.Rule}: {verdict.Detail}"))}");
        return 0;
    default:
        Console.Error.WriteLine("usage: eval-amd [tuning | why [tuning | held-out]]");
        return 2;
}

async Task<List<Outcome>> RunAsync(bool tuning, IVoiceDetector detector)
{
    var outcomes = new List<Outcome>();
    foreach (Answer answer in new Answers(speech, tuning).Make())
        outcomes.Add(await Run.CallAsync(answer, detector));
    return outcomes;
}
