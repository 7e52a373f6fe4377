namespace PhoneAgent.Conversation.Listening;

/// <summary>Tells speech from everything else. One detector serves all calls; thread-safe.</summary>
public interface IVoiceDetector : IDisposable
{
    string Name { get; }

    /// <summary>
    /// Opens a stream for one call. <paramref name="onActivity"/> gets one result per analysis window, in order,
    /// either inside <see cref="IVoiceStream.Push"/> or later from another thread (a detector that batches calls).
    /// </summary>
    IVoiceStream Open(Action<VoiceActivity> onActivity);
}

/// <summary>One call's stream. Used by one thread at a time.</summary>
public interface IVoiceStream : IDisposable
{
    /// <summary>Takes one frame of 320 samples at 16 kHz; <paramref name="position"/> is its first sample. Does not allocate.</summary>
    void Push(long position, ReadOnlySpan<short> frame);

    /// <summary>Forgets the past, e.g. after hold.</summary>
    void Reset();
}

/// <param name="Position">Sample position (16 kHz) just after the analysis window.</param>
/// <param name="Probability">That the window holds speech, 0–1.</param>
public readonly record struct VoiceActivity(long Position, float Probability);
