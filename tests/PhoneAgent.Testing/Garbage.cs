namespace PhoneAgent.Testing;

/// <summary>What code allocates on this thread.</summary>
public static class Garbage
{
    /// <summary>
    /// Bytes in the best of five runs. The runtime may allocate once, on this thread too, while it compiles anew what is called
    /// often; our code would each time.
    /// </summary>
    public static long Of(Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        long least = long.MaxValue;
        for (int pass = 0; pass < 5; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
