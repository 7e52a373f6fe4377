using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Testing.Calls;

/// <summary>
/// The audio of a scripted call: virtual time, one frame after the other on demand. What the caller says is coded into
/// the samples: every sample of utterance n is <see cref="Base"/> + n, noises are <see cref="Noise"/>.
/// </summary>
public sealed class ScriptedAudio : ICallAudio
{
    public const short Base = 10_000;
    public const short Noise = 9_000;

    private readonly List<(long From, long To, short Value)> _sounds = [];
    private readonly short[] _received = new short[AudioFormat.FrameSamples];
    private readonly short[] _sent = new short[AudioFormat.FrameSamples];
    private IAudioPeer? _peer;

    /// <summary>Sample position of the next frame.</summary>
    public long Position { get; private set; }

    /// <summary>All that the agent sent.</summary>
    public List<short> Sent { get; } = [];

    public bool IsRunning => _peer is not null;

    public MediaStatistics Statistics => new();

    public void Start(IAudioPeer peer) => _peer = peer;

    public void Stop() => _peer = null;

    public void Add(TimeSpan at, TimeSpan length, short value) =>
        _sounds.Add((AudioFormat.ToSamples(at), AudioFormat.ToSamples(at + length), value));

    /// <summary>One tick of media time.</summary>
    public void Tick()
    {
        for (int i = 0; i < _received.Length; i++)
            _received[i] = ValueAt(Position + i);
        _peer?.Exchange(Position, FrameOrigin.Received, _received, _sent);
        Sent.AddRange(_sent);
        Position += AudioFormat.FrameSamples;
    }

    /// <summary>Whether the agent was audible in a stretch of time.</summary>
    public bool WasAudible(TimeSpan from, TimeSpan to) =>
        Sent.Skip((int)AudioFormat.ToSamples(from)).Take((int)AudioFormat.ToSamples(to - from)).Any(sample => sample != 0);

    private short ValueAt(long position)
    {
        foreach ((long from, long to, short value) in _sounds)
        {
            if (position >= from && position < to)
                return value;
        }
        return 0;
    }
}
