using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage;

public sealed class CallRecordingTests
{
    private const int Header = 44;
    private const int FrameBytes = AudioFormat.FrameSamples * 2 * sizeof(short);

    private readonly short[] _voice = [.. Enumerable.Repeat((short)1_000, AudioFormat.FrameSamples)];
    private readonly KeptStream _file = new();
    private int _opened;

    private CallRecording Create() => new(before => new WavRecorder(Open, new VirtualTime(), before));

    private KeptStream Open()
    {
        Interlocked.Increment(ref _opened);
        return _file;
    }

    [Fact]
    public async Task Without_permission_there_is_no_file()
    {
        CallRecording recording = Create();
        for (int i = 0; i < 5; i++)
            recording.Write(_voice, _voice);
        await recording.DisposeAsync();
        Assert.Null(await recording.Completion);
        Assert.Equal(0, _opened);
    }

    [Fact]
    public async Task What_was_before_the_permission_is_silence_of_the_same_length()
    {
        CallRecording recording = Create();
        for (int i = 0; i < 5; i++)
            recording.Write(_voice, _voice);
        recording.Allow();
        recording.Allow();
        for (int i = 0; i < 3; i++)
            recording.Write(_voice, _voice);
        await recording.DisposeAsync();
        Assert.Null(await recording.Completion);
        Assert.Equal(1, _opened);
        byte[] file = _file.Bytes;
        Assert.Equal(Header + 8 * FrameBytes, file.Length);
        Assert.All(file[Header..(Header + 5 * FrameBytes)], b => Assert.Equal(0, b));
        Assert.Equal(1_000, BitConverter.ToInt16(file, Header + 5 * FrameBytes));
    }

    [Fact]
    public async Task A_permission_after_the_call_opens_nothing()
    {
        CallRecording recording = Create();
        await recording.DisposeAsync();
        recording.Allow();
        Assert.Null(await recording.Completion);
        Assert.Equal(0, _opened);
    }

    private sealed class KeptStream : MemoryStream
    {
        public byte[] Bytes => ToArray();
    }
}
