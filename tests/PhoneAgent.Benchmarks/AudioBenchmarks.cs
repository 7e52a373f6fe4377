using BenchmarkDotNet.Attributes;
using PhoneAgent.Audio;
using PhoneAgent.Audio.Features;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Benchmarks;

/// <summary>What one call costs in each stage, per 20 ms frame. The last column must show no bytes: nothing is allocated.</summary>
[MemoryDiagnoser]
public class AudioBenchmarks
{
    private readonly short[] _frame8 = Voiced(8000);
    private readonly short[] _frame16 = Voiced(16000);
    private readonly short[] _out8 = new short[160 + 64];
    private readonly short[] _out16 = new short[320];
    private readonly byte[] _codes = new byte[160];
    private readonly Resampler _up = new(8000, 16000);
    private readonly Resampler _down = new(16000, 8000);
    private readonly Resampler _fromCd = new(44100, 16000);
    private readonly short[] _frame44 = Voiced(44100);
    private readonly PacketLossConcealment _concealment = new(8000);
    private readonly TimeStretcher _stretcher = new(8000, 160);
    private readonly DtmfDetector _dtmf8 = new(8000);
    private readonly ComfortNoise _noise = new();
    private readonly AcousticFeatures _features = new();
    private readonly short[] _second16 = Voiced(16000, 16000);
    private readonly JitterBuffer _jitter = new(new JitterBufferOptions());
    private readonly byte[] _datagram = new byte[RtpPacket.HeaderBytes + 160];
    private readonly MediaBridge _bridge = new();
    private readonly IAudioPeer _waiting = Waiting();
    private ushort _sequence;
    private long _now;

    [GlobalSetup]
    public void Prepare() => _noise.SetLevel(-60);

    /// <summary>Both calls of a bridge, both ways.</summary>
    [Benchmark]
    public bool BridgeTwoCalls()
    {
        _bridge.First.Exchange(0, FrameOrigin.Received, _frame16, _out16);
        return _bridge.Second.Exchange(0, FrameOrigin.Received, _frame16, _out16);
    }

    [Benchmark]
    public bool HoldMusicForOne() => _waiting.Exchange(0, FrameOrigin.Received, _frame16, _out16);

    [Benchmark]
    public int ResampleUp8To16() => _up.Process(_frame8, _out16);

    [Benchmark]
    public int ResampleDown16To8() => _down.Process(_frame16, _out8);

    [Benchmark]
    public int ResampleThereAndBack()
    {
        _up.Process(_frame8, _out16);
        return _down.Process(_out16, _out8);
    }

    [Benchmark]
    public int Resample44100To16() => _fromCd.Process(_frame44, _out16.AsSpan());

    [Benchmark]
    public void G711EncodeAndDecode()
    {
        G711.MuLawEncode(_frame8, _codes);
        G711.MuLawDecode(_codes, _out8);
    }

    [Benchmark]
    public int JitterPutAndGet()
    {
        RtpPacket.Write(_datagram, 0, false, _sequence++, (uint)_now, 1, _datagram.AsSpan(RtpPacket.HeaderBytes));
        if (RtpPacket.TryParse(_datagram, out RtpPacket packet))
            _jitter.Put(packet, 160, _now);
        _now += 160;
        _jitter.Get(_now, out JitterFrame frame);
        return frame.Duration;
    }

    [Benchmark]
    public void ConcealmentOfAGoodFrame() => _concealment.Accept(_frame8);

    [Benchmark]
    public void ConcealmentOfALostFrame()
    {
        _concealment.Accept(_frame8);
        _concealment.Conceal(_out8.AsSpan(0, 160));
    }

    [Benchmark]
    public int StretchAFrame() => _stretcher.Process(_frame8, 60, _out8);

    [Benchmark]
    public bool DetectDtmfInSpeech() => _dtmf8.Process(_frame8, out _);

    [Benchmark]
    public void FillComfortNoise() => _noise.Fill(_out8.AsSpan(0, 160));

    /// <summary>All acoustic features of a whole second of voice, in frames of 20 ms.</summary>
    [Benchmark]
    public int FeaturesOfASecond()
    {
        int count = 0;
        for (int at = 0; at < _second16.Length; at += 320)
        {
            ReadOnlySpan<short> frame = _second16.AsSpan(at, 320);
            while (_features.Next(ref frame))
                count++;
        }
        return count;
    }

    private static short[] Voiced(int rate) => Voiced(rate, rate / 50);

    private static short[] Voiced(int rate, int count)
    {
        var samples = new short[count];
        for (int i = 0; i < samples.Length; i++)
        {
            double sum = 0;
            for (int k = 1; k <= 20; k++)
                sum += Math.Sin(2 * Math.PI * k * 150 * i / rate + k * k) / k;
            samples[i] = (short)(5000 * sum);
        }
        return samples;
    }

    private static IAudioPeer Waiting() =>
        WaitingSound.TryCreate("music", TimeSpan.FromSeconds(30), out WaitingSound? sound, out string? error) ? sound.Play() : throw new InvalidOperationException(error);
}
