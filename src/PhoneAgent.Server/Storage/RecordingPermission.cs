namespace PhoneAgent.Server.Storage;

/// <summary>Whether one call may be recorded, where it is not the configuration that says so.</summary>
/// <param name="bind">Given the recording that may be allowed later; null: nothing is recorded.</param>
internal sealed class RecordingPermission(Action<CallRecording>? bind)
{
    public static RecordingPermission None { get; } = new(bind: null);

    public static RecordingPermission FromTheStart { get; } = new(recording => recording.Allow());

    /// <summary>The recording of a call that begins now; null when there will be none.</summary>
    public CallRecording? Open(Func<CallRecording> create)
    {
        if (bind is null)
            return null;
        CallRecording recording = create();
        bind(recording);
        return recording;
    }
}
