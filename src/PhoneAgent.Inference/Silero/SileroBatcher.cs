using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Silero;

/// <summary>
/// One thread for all calls. It takes whatever is ready, up to the largest batch, and while it computes the next batch
/// gathers: batches grow with the load by themselves, and nothing waits for a tick to end.
/// </summary>
internal sealed class SileroBatcher : IDisposable
{
    /// <summary>Runs have these sizes; a batch takes the next larger one. Bigger than 32 gains nothing more.</summary>
    private static readonly int[] Sizes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

    private readonly ILogger logger;
    private readonly SileroBinding[] bindings;
    private readonly Lock gate = new();
    private readonly Queue<SileroBatchedStream> ready = new(256);
    private readonly SileroBatchedStream[] batch = new SileroBatchedStream[Sizes[^1]];
    private readonly SileroBatchedStream[] taken = new SileroBatchedStream[Sizes[^1]];
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private long skipped;
    private bool failed;
    private volatile bool stopping;

    public SileroBatcher(IOnnxModel model, ILogger logger)
    {
        this.logger = logger;
        bindings = [.. Sizes.Select(size => SileroModel.Bind(model, size))];
        foreach (var binding in bindings)
            binding.Run(); // the runtime plans each size's memory on its first run
        thread = new Thread(Loop) { IsBackground = true, Name = "silero" };
        thread.Start();
    }

    public long SkippedWindows => Interlocked.Read(ref skipped);

    public void CountSkipped() => Interlocked.Increment(ref skipped);

    public void Enqueue(SileroBatchedStream stream)
    {
        lock (gate)
            ready.Enqueue(stream);
        wake.Set();
    }

    public void Dispose()
    {
        stopping = true;
        wake.Set();
        thread.Join();
        wake.Dispose();
        foreach (var binding in bindings)
            binding.Dispose();
    }

    private void Loop()
    {
        while (!stopping)
        {
            wake.WaitOne();
            while (!stopping && Take() is > 0 and var count)
                Compute(count);
        }
    }

    private int Take()
    {
        lock (gate)
        {
            var count = 0;
            while (count < taken.Length && ready.TryDequeue(out var stream))
                taken[count++] = stream;
            return count;
        }
    }

    private void Compute(int count)
    {
        var binding = BindingFor(count);
        var rows = 0;
        for (var i = 0; i < count; i++)
            if (taken[i].Load(binding, rows))
                batch[rows++] = taken[i];
        var done = rows > 0 && Run(binding) ? binding : null;
        for (var row = 0; row < rows; row++)
            batch[row].Complete(done, row);
        for (var i = 0; i < count; i++)
            taken[i].Release();
        Array.Clear(batch, 0, rows); // a closed call's stream is not held
        Array.Clear(taken, 0, count);
    }

    private bool Run(SileroBinding binding)
    {
        try
        {
            binding.Run();
            failed = false;
            return true;
        }
        catch (EngineException e)
        {
            if (!failed)
                SileroLog.RunFailed(logger, e);
            failed = true;
            return false;
        }
    }

    private SileroBinding BindingFor(int count)
    {
        foreach (var binding in bindings)
            if (binding.Batch >= count)
                return binding;
        return bindings[^1];
    }
}
