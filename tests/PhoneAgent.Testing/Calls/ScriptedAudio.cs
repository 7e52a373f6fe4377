using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Testing.Calls;

/// <summary>
/// The audio of a scripted call: virtual time, one frame after the other on demand. What the caller says is coded into
/// the last sample of every frame: <see cref="Base"/> + n for utterance n, <see cref="Noise"/> for a noise; the others are
/// white noise, the same in every run.
/// </summary>
public sealed class ScriptedAudio : ICallAudio
{
    public const short Base = 10_000;
    public const short Noise = 9_000;

    private readonly List<(long From, long To, short Value)> _sounds = [];
    private readonly short[] _received = new short[AudioFormat.FrameSamples];
    private readonly short[] _sent = new short[AudioFormat.FrameSamples];
    private IAudioPeer? _peer;
    private readonly List<(long From, short[] Samples)> _tones = [];
    private (long From, long To) _beep;

    /// <summary>Sample position of the next frame.</summary>
    public long Position { get; private set; }

    /// <summary>All that the agent sent.</summary>
    public List<short> Sent { get; } = [];

    /// <summary>What the agent says comes back after 100 ms with this gain.</summary>
    public double EchoGain { get; set; }

    public bool IsRunning => _peer is not null;

    public MediaStatistics Statistics => new();

    public void Start(IAudioPeer peer) => _peer = peer;

    public void Stop() => _peer = null;

    public void Add(TimeSpan at, TimeSpan length, short value) =>
        _sounds.Add((AudioFormat.ToSamples(at), AudioFormat.ToSamples(at + length), value));

    /// <summary>A tone of 1000 Hz from here on.</summary>
    public void Beep(TimeSpan length) => _beep = (Position, Position + AudioFormat.ToSamples(length));

    /// <summary>These samples and no others, for as long as they last.</summary>
    public void Play(TimeSpan at, short[] samples) => _tones.Add((AudioFormat.ToSamples(at), samples));

    /// <summary>One tick of media time.</summary>
    public void Tick()
    {
        for (int i = 0; i < _received.Length; i++)
            _received[i] = EchoGain > 0 ? EchoAt(Position + i) : ValueAt(Position + i);
        _peer?.Exchange(Position, FrameOrigin.Received, _received, _sent);
        Sent.AddRange(_sent);
        Position += AudioFormat.FrameSamples;
    }

    /// <summary>Whether the agent was audible in a stretch of time.</summary>
    public bool WasAudible(TimeSpan from, TimeSpan to) =>
        Sent.Skip((int)AudioFormat.ToSamples(from)).Take((int)AudioFormat.ToSamples(to - from)).Any(sample => sample != 0);

    private short EchoAt(long position)
    {
        long then = position - AudioFormat.SampleRate / 10;
        return then < 0 || then >= Sent.Count ? (short)0 : (short)(Sent[(int)then] * EchoGain);
    }

    private static short White(long position) => (short)((((ulong)position * 0x9E3779B97F4A7C15) >> 50) % 8000 + 1 - 4000 is var value and not 0 ? value : 1);

    private short ValueAt(long position)
    {
        if (position >= _beep.From && position < _beep.To)
            return (short)(8_000 * Math.Sin(2 * Math.PI * 1_000 * position / AudioFormat.SampleRate));
        foreach ((long from, short[] samples) in _tones)
            if (position >= from && position < from + samples.Length)
                return samples[position - from];
        foreach ((long from, long to, short value) in _sounds)
        {
            if (position >= from && position < to)
                return position % AudioFormat.FrameSamples == AudioFormat.FrameSamples - 1 ? value : White(position);
        }
        return 0;
    }
}
