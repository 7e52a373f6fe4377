using System.Globalization;
using PhoneAgent.Fuzz;
using PhoneAgent.Fuzz.Targets;

string wanted = args is [{ } first, ..] && !first.StartsWith('-') ? first : "all";
int count = Option("--count", 1_000_000);
int seed = Option("--seed", 1);
IFuzzTarget[] targets = [.. AllTargets.Create().Where(t => wanted == "all" || t.Name == wanted)];
if (targets.Length == 0)
{
    Console.Error.WriteLine($"There is no target '{wanted}': take all or one of {string.Join(", ", AllTargets.Create().Select(t => t.Name))}, with [--count 1000000] [--seed 1].");
    return 2;
}

bool isClean = true;
foreach (IFuzzTarget target in targets)
{
    FuzzReport report = FuzzRun.Run(target, count, seed);
    foreach (string finding in report.Findings)
        Console.WriteLine(finding);
    Console.WriteLine(report);
    isClean &= report.IsClean;
}
return isClean ? 0 : 1;

int Option(string name, int otherwise)
{
    int i = Array.IndexOf(args, name);
    return i >= 0 && i + 1 < args.Length ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
}
