using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using PhoneAgent.Benchmarks;
using PhoneAgent.Testing.Storage;

if (args is ["bench", .. var rest])
{
    // In this process: needs no second restore and build.
    var config = ManualConfig.Create(DefaultConfig.Instance)
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "phoneagent-benchmarks"));
    BenchmarkSwitcher.FromAssembly(typeof(AudioBenchmarks).Assembly).Run(rest is [] ? ["--filter", "*"] : rest, config);
    return 0;
}
if (args is ["media", ..])
    return await MediaLoad.RunAsync(Option("--calls", 200), Option("--seconds", 10));
if (args is ["reply", ..])
    return await ReplyLoad.RunAsync(Option("--calls", 20), Option("--seconds", 30));
if (args is ["talk", ..])
    return await TalkLoad.RunAsync(Option("--calls", 50), Option("--seconds", 20));
if (args is ["campaigns", ..])
    return await CampaignLoad.RunAsync(Option("--contacts", 10_000));
if (args is ["storage", ..])
    return await StorageLoad.RunAsync(Option("--calls", 10_000), Option("--events", 50_000));
if (args is ["dialer", ..])
    return await DialerLoad.RunAsync(await (args.Contains("--postgres") ? TestDatabase.PostgresAsync() : TestDatabase.SqliteAsync()), Option("--rate", 50), Option("--seconds", 10));
Console.Error.WriteLine("Say what to measure: bench [--filter *Dtmf*], media [--calls 200] [--seconds 10], reply [--calls 20] [--seconds 30], talk [--calls 50] [--seconds 20], campaigns [--contacts 10000], storage [--calls 10000] [--events 50000], or dialer [--rate 50] [--seconds 10] [--postgres]");
return 2;

int Option(string name, int otherwise)
{
    var i = Array.IndexOf(args, name);
    return i >= 0 && i + 1 < args.Length ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
}
