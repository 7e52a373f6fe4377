using System.Globalization;
using PhoneAgent.Benchmarks;

if (args is ["media", ..])
    return await MediaLoad.RunAsync(Option("--calls", 200), Option("--seconds", 10));
if (args is ["tick"])
    return MediaTick.Run();
Console.Error.WriteLine("Say what to measure: media [--calls 200] [--seconds 10], or tick");
return 2;

int Option(string name, int otherwise)
{
    var i = Array.IndexOf(args, name);
    return i >= 0 && i + 1 < args.Length ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
}
