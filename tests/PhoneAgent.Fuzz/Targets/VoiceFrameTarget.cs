using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;
using PhoneAgent.Testing;
using RtpPacket = PhoneAgent.Audio.RtpPacket;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A binary message of the voice protocol, from the socket through the jitter buffer to 20 ms of sound.</summary>
internal sealed class VoiceFrameTarget : IFuzzTarget
{
    private const int Rate = 48_000;

    private readonly VirtualTime _time = new();
    private readonly PacketRing _ring = new();
    private readonly PcmReceiver _receiver = new();
    private readonly short[] _frame = new short[320];
    private readonly VoiceInput _input;
    private long _nowNs;

    public VoiceFrameTarget() => _input = new VoiceInput(_ring, Rate, static _ => { }, _time);

    public string Name => "voice";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Frame(1, 10), Frame(uint.MaxValue, 20), Frame(0x1_0000, 30), Frame(0, 40), [1, 1, 0, 0], [],
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        _time.Advance(TimeSpan.FromMilliseconds(20));
        _nowNs += 20_000_000;
        bool isAccepted = _input.Take(input) is null;
        while (_ring.TryPeek(out RtpPacket packet))
        {
            _receiver.Put(packet, _nowNs);
            _ring.Advance();
        }
        _receiver.Next(_nowNs, _frame);
        return _ring.Dropped == 0 ? isAccepted : throw new FuzzException("a frame that was accepted did not fit");
    }

    private static byte[] Frame(uint number, int milliseconds)
    {
        byte[] message = new byte[VoiceFrame.MaxBytes];
        return message[..VoiceFrame.Write(message, number, number, number == 1, Rate, new short[Rate / 1000 * milliseconds])];
    }
}
