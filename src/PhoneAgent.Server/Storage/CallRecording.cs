using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Storage;

/// <summary>
/// What is kept of a call's sound, and from when on: from the first frame, or from the moment that somebody allows it. Before that
/// there is no file, and afterwards silence stands in it for what came before, so that it stays on the call's clock.
/// </summary>
internal sealed class CallRecording : ICallRecorder, IAsyncDisposable
{
    private readonly Func<long, WavRecorder> _open;
    private readonly TaskCompletionSource<WavRecorder?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private volatile WavRecorder? _recorder;
    private long _frames;
    private bool _isOver;

    /// <param name="open">Begins a recording behind so many frames of silence; called by <see cref="Allow"/>.</param>
    public CallRecording(Func<long, WavRecorder> open) => _open = open;

    /// <summary>Ends with the recording: null when it is whole, or there is none. Never faults.</summary>
    public Task<RecordingFailure?> Completion => CompletionAsync();

    public long FramesDropped => _recorder?.FramesDropped ?? 0;

    /// <summary>From the next frame on. Safe from any thread, and twice.</summary>
    public void Allow()
    {
        lock (_lock)
        {
            if (_recorder is not null || _isOver)
                return;
            _recorder = _open(Interlocked.Read(ref _frames));
            _opened.TrySetResult(_recorder);
        }
    }

    public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
    {
        if (_recorder is { } recorder)
            recorder.Write(caller, agent);
        else
            Interlocked.Increment(ref _frames);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _isOver = true;
        _opened.TrySetResult(null);
        if (_recorder is { } recorder)
            await recorder.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<RecordingFailure?> CompletionAsync() =>
        await _opened.Task.ConfigureAwait(false) is { } recorder ? await recorder.Completion.ConfigureAwait(false) : null;
}
