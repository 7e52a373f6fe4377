using System.Globalization;

namespace PhoneAgent.Fuzz;

/// <summary>What a run found.</summary>
/// <param name="Exceptions">Inputs that made something throw.</param>
/// <param name="HeapGrowthBytes">Live managed memory at the end, less that at half of the inputs.</param>
/// <param name="Slowest">The longest that one input took, garbage collections and other processes included.</param>
/// <param name="Findings">The first few exceptions, with their inputs in base64.</param>
public sealed record FuzzReport(
    string Target, int Inputs, int Accepted, int Refused, int Exceptions, long HeapGrowthBytes, TimeSpan Slowest, IReadOnlyList<string> Findings)
{
    public const long MaxHeapGrowthBytes = 4 << 20;
    /// <summary>A parser takes microseconds; this is a machine that sleeps, or a loop that is not bounded.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    public bool IsMemoryLevel => HeapGrowthBytes <= MaxHeapGrowthBytes;

    public bool IsClean => Exceptions == 0 && IsMemoryLevel && Slowest <= MaxTime;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Target,-9} {Inputs,9} inputs  {Accepted,9} accepted  {Refused,9} refused  {Exceptions,3} exceptions  heap {HeapGrowthBytes / 1024.0,8:+0.0;-0.0} KiB  slowest {Slowest.TotalMilliseconds,7:F1} ms  {(IsClean ? "ok" : "FAILED")}");
}

public static class FuzzRun
{
    private const int MaxFindings = 5;

    public static FuzzReport Run(IFuzzTarget target, int count, int seed)
    {
        var mutator = new Mutator(target.Seeds, seed);
        var findings = new List<string>();
        int accepted = 0, exceptions = 0;
        long slowest = 0, heapAtHalf = 0;
        foreach (byte[] input in target.Seeds)
            Try(input);
        for (int i = 0; i < count; i++)
        {
            if (i == count / 2)
                heapAtHalf = GC.GetTotalMemory(forceFullCollection: true);
            Try(mutator.Next());
        }
        long growth = GC.GetTotalMemory(forceFullCollection: true) - heapAtHalf;
        int inputs = count + target.Seeds.Count;
        return new FuzzReport(
            target.Name, inputs, accepted, inputs - accepted - exceptions, exceptions, growth, TimeProvider.System.GetElapsedTime(0, slowest), findings);

        void Try(byte[] input)
        {
            long start = TimeProvider.System.GetTimestamp();
            try
            {
                if (target.Run(input))
                    accepted++;
            }
#pragma warning disable CA1031 // Whatever escapes is the finding.
            catch (Exception e)
#pragma warning restore CA1031
            {
                exceptions++;
                if (findings.Count < MaxFindings)
                    findings.Add($"{target.Name}: {Convert.ToBase64String(input)}{Environment.NewLine}{e}");
            }
            slowest = Math.Max(slowest, TimeProvider.System.GetTimestamp() - start);
        }
    }
}
