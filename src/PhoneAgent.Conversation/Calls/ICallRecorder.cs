namespace PhoneAgent.Conversation.Calls;

/// <summary>Keeps both sides of a call on one clock. Runs on the media thread: never blocks, allocates or throws; what cannot be kept is counted.</summary>
public interface ICallRecorder
{
    /// <summary>Takes one frame of both sides, <see cref="AudioFormat.FrameSamples"/> samples each.</summary>
    void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent);
}
