namespace PhoneAgent.Inference.Whisper;

/// <summary>In the order in which they are served.</summary>
internal enum TranscriptionKind
{
    Final,
    Probe,
    Interim,
}

/// <summary>One transcription of one utterance. It reads the audio only when its turn comes, so that waiting makes it no older.</summary>
/// <param name="run">Does it; must not throw.</param>
/// <param name="cancellation">Without timer and parents, so that it needs no disposal.</param>
internal sealed class TranscriptionJob(TranscriptionKind kind, Func<TranscriptionJob, Task> run, CancellationTokenSource cancellation)
{
    public TranscriptionKind Kind => kind;

    public CancellationToken Token => cancellation.Token;

    /// <summary>The audio it covers, once it runs; -1 while it waits. Written and read under its utterance's lock.</summary>
    public int Covers { get; set; } = -1;

    public bool IsCancelled => cancellation.IsCancellationRequested;

    public Task RunAsync() => run(this);

    public void Cancel() => cancellation.Cancel();
}
