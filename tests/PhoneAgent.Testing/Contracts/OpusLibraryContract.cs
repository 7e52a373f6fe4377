using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Codecs.Opus;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What everything that speaks Opus promises. A subclass says which library; see <see cref="RequirementAttribute"/>.</summary>
public abstract class OpusLibraryContract
{
    private const int Rate = 16000;
    /// <summary>30 ms at the higher rate.</summary>
    private const int MaxDelaySamples = 480;

    protected abstract IOpusLibrary Library { get; }

    /// <summary>Bytes that a packet may cost the garbage collector, encoded and decoded.</summary>
    protected virtual long AllowedBytesPerPacket => 0;

    [ContractFact]
    public void EveryPacketTimeKeepsTheVoice()
    {
        foreach (var rate in new[] { 8000, 16000 })
        foreach (var milliseconds in new[] { 10, 20, 40, 60 })
        {
            var spoken = Voice(rate, seconds: 3);
            var heard = Decode(Encode(spoken, milliseconds, Settings(rate)), rate, rate / 1000 * milliseconds);
            Assert.Equal(spoken.Length, heard.Length);
            var likeness = Likeness(spoken, heard);
            Assert.True(likeness > 0.9, $"{milliseconds} ms at {rate} Hz: the correlation is {likeness:F3}.");
        }
    }

    [ContractFact]
    public void WhatOneRateEncodesTheOtherDecodes()
    {
        var wide = Encode(Voice(Rate, seconds: 1), 20, Settings(Rate));
        Assert.All(wide, p => Assert.Equal(960, OpusPacket.DurationOf(p)));
        Assert.True(Likeness(Voice(8000, seconds: 1), Decode(wide, 8000, 160)) > 0.9);
        Assert.True(Likeness(Voice(Rate, seconds: 1), Decode(Encode(Voice(8000, seconds: 1), 20, Settings(8000)), Rate, 320)) > 0.9);
    }

    [ContractFact]
    public void EveryOtherLibraryHereReadsItsPackets()
    {
        var spoken = Voice(Rate, seconds: 1);
        var packets = Encode(spoken, 20, Settings(Rate));
        foreach (var other in OpusLibraries.Present)
        {
            using var decoder = other.CreateDecoder(Rate);
            Assert.True(Likeness(spoken, Decode(packets, decoder, 320)) > 0.9, $"{other.Name} does not hear what {Library.Name} says.");
        }
    }

    [ContractFact]
    public void ALostPacketComesBackFromTheNextOne()
    {
        var packets = Encode(Voice(Rate, seconds: 4), 20, Settings(Rate) with { Fec = true, ExpectedLoss = 20, BitRate = 32_000 });
        var whole = Decode(packets, Rate, 320);
        var recovered = ErrorOf(whole, DecodeWithLoss(packets, useFec: true));
        var concealed = ErrorOf(whole, DecodeWithLoss(packets, useFec: false));
        Assert.True(recovered < 0.5 * concealed, $"The error is {recovered:G3} with FEC and {concealed:G3} without.");
        Assert.True(packets.Skip(10).Count(p => OpusPacket.HoldsPrevious(p)) > packets.Count / 2);
    }

    [ContractFact]
    public void WhatThePeerReportsAsLostIsSentTwice()
    {
        using var encoder = Library.CreateEncoder(Settings(Rate) with { Fec = true, BitRate = 32_000 });
        var before = Encode(Voice(Rate, seconds: 1), 20, encoder, Rate);
        encoder.ExpectLoss(0.2);
        var after = Encode(Voice(Rate, seconds: 1), 20, encoder, Rate);
        Assert.DoesNotContain(before, p => OpusPacket.HoldsPrevious(p));
        Assert.True(after.Count(p => OpusPacket.HoldsPrevious(p)) > after.Count / 2);
    }

    [ContractFact]
    public void NothingIsSentTwiceToWhoDoesNotAsk() =>
        Assert.DoesNotContain(Encode(Voice(Rate, seconds: 1), 20, Settings(Rate)), p => OpusPacket.HoldsPrevious(p));

    [ContractFact]
    public void ALossIsFilledAndFades()
    {
        var packets = Encode(Voice(Rate, seconds: 1), 20, Settings(Rate));
        using var decoder = Library.CreateDecoder(Rate);
        var pcm = new short[320];
        foreach (var packet in packets)
            decoder.Decode(packet, pcm);
        var levels = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(320, decoder.Conceal([], pcm));
            levels.Add(Energy(pcm));
        }
        Assert.True(levels[0] > 1000, $"The first concealed frame has the energy {levels[0]:F0}.");
        Assert.True(levels[^1] < levels[0] / 10, $"After 400 ms the energy is still {levels[^1]:F0} of {levels[0]:F0}.");
    }

    [ContractFact]
    public void SilenceIsHardlySentToWhoAsks()
    {
        var voice = Voice(Rate, seconds: 1);
        short[] audio = [.. voice, .. new short[Rate * 2], .. voice];
        Assert.InRange(Count(audio, dtx: true), 50, 130);
        Assert.Equal(200, Count(audio, dtx: false));

        int Count(short[] pcm, bool dtx) => Encode(pcm, 20, Settings(Rate) with { Dtx = dtx }).Count(p => p.Length > 0);
    }

    [ContractFact]
    public void ANarrowPeerGetsANarrowBand() =>
        // Configurations 0-3 are SILK in the band of a telephone (RFC 6716 §3.1).
        Assert.All(Encode(Voice(Rate, seconds: 1), 20, Settings(Rate) with { PlaybackRate = 8000 }), p => Assert.InRange(p[0] >> 3, 0, 3));

    [ContractFact]
    public void ConstantBitRateHasPacketsOfOneSize() =>
        Assert.Single(Encode(Voice(Rate, seconds: 1), 20, Settings(Rate) with { ConstantBitRate = true }).Select(p => p.Length).Distinct());

    [ContractFact]
    public void BadPacketsAreNoReasonToThrow()
    {
        var random = new Random(1);
        var good = Encode(Voice(Rate, seconds: 1), 20, Settings(Rate) with { Fec = true, ExpectedLoss = 20 });
        using var decoder = Library.CreateDecoder(Rate);
        var pcm = new short[1920];
        Assert.Equal(0, decoder.Decode([], pcm));
        Assert.Equal(0, decoder.Decode([3], pcm));
        for (var i = 0; i < 2000; i++)
        {
            var packet = Damage(random, good[random.Next(good.Count)]);
            var room = pcm.AsSpan(0, random.Next(8) == 0 ? random.Next(pcm.Length) : pcm.Length);
            Assert.InRange(decoder.Decode(packet, room), 0, room.Length);
            Assert.InRange(decoder.Conceal(packet, room), 0, room.Length);
        }
        Assert.Equal(320, decoder.Decode(good[0], pcm));
    }

    [ContractFact]
    public void PacketsDoNotAllocate()
    {
        var pcm = Voice(Rate, seconds: 1);
        var packet = new byte[OpusPacket.MaxBytes];
        var heard = new short[320];
        using var encoder = Library.CreateEncoder(Settings(Rate) with { Fec = true });
        using var decoder = Library.CreateDecoder(Rate);
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 50, 0, AllowedBytesPerPacket);

        void Run()
        {
            for (var i = 0; i < 50; i++)
            {
                var length = encoder.Encode(pcm.AsSpan(i * 320, 320), packet);
                decoder.Decode(packet.AsSpan(0, length), heard);
            }
        }
    }

    private static OpusEncoderSettings Settings(int rate) => new()
    {
        SampleRate = rate,
        BitRate = 24_000,
        Fec = false,
        Dtx = false,
        ConstantBitRate = false,
        ExpectedLoss = 0,
        Complexity = 5,
        PlaybackRate = 48000,
    };

    private List<byte[]> Encode(ReadOnlySpan<short> pcm, int milliseconds, OpusEncoderSettings settings)
    {
        using var encoder = Library.CreateEncoder(settings);
        return Encode(pcm, milliseconds, encoder, settings.SampleRate);
    }

    private static List<byte[]> Encode(ReadOnlySpan<short> pcm, int milliseconds, IAudioEncoder encoder, int rate)
    {
        var samples = rate / 1000 * milliseconds;
        var packets = new List<byte[]>();
        var packet = new byte[1500];
        for (var at = 0; at + samples <= pcm.Length; at += samples)
            packets.Add(packet[..encoder.Encode(pcm.Slice(at, samples), packet)]);
        return packets;
    }

    private short[] Decode(List<byte[]> packets, int rate, int samples)
    {
        using var decoder = Library.CreateDecoder(rate);
        return Decode(packets, decoder, samples);
    }

    private static short[] Decode(List<byte[]> packets, IAudioDecoder decoder, int samples)
    {
        var heard = new List<short>();
        var pcm = new short[1920];
        foreach (var packet in packets)
        {
            Assert.Equal(samples, decoder.Decode(packet, pcm));
            heard.AddRange(pcm.AsSpan(0, samples));
        }
        return [.. heard];
    }

    /// <summary>Every seventh packet does not come.</summary>
    private short[] DecodeWithLoss(List<byte[]> packets, bool useFec)
    {
        using var decoder = Library.CreateDecoder(Rate);
        var heard = new List<short>();
        var pcm = new short[320];
        for (var i = 0; i < packets.Count; i++)
        {
            var samples = i % 7 != 6 ? decoder.Decode(packets[i], pcm)
                : decoder.Conceal(useFec && i + 1 < packets.Count ? packets[i + 1] : [], pcm);
            Assert.Equal(320, samples);
            heard.AddRange(pcm);
        }
        return [.. heard];
    }

    private static byte[] Damage(Random random, byte[] good)
    {
        switch (random.Next(4))
        {
            case 0:
                var noise = new byte[random.Next(1, 200)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return good[..random.Next(1, good.Length)];
            case 2:
                return [(byte)random.Next(256), .. good[1..]];
            default:
                var flipped = (byte[])good.Clone();
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
        }
    }

    private static short[] Voice(int rate, int seconds) => VoicelikeTone.Of(seconds, rate);

    /// <summary>The best correlation with the codec's delay taken out.</summary>
    private static double Likeness(ReadOnlySpan<short> spoken, ReadOnlySpan<short> heard)
    {
        var best = 0.0;
        var length = Math.Min(spoken.Length, heard.Length);
        for (var delay = 0; delay < MaxDelaySamples; delay++)
        {
            double cross = 0, a = 1, b = 1;
            for (var i = length / 10; i < length - delay; i += 3)
            {
                cross += (double)spoken[i] * heard[i + delay];
                a += (double)spoken[i] * spoken[i];
                b += (double)heard[i + delay] * heard[i + delay];
            }
            best = Math.Max(best, cross / Math.Sqrt(a * b));
        }
        return best;
    }

    private static double ErrorOf(ReadOnlySpan<short> expected, ReadOnlySpan<short> actual)
    {
        var sum = 0.0;
        for (var i = 0; i < expected.Length; i++)
            sum += Math.Pow(expected[i] - actual[i], 2);
        return sum;
    }

    private static double Energy(ReadOnlySpan<short> pcm)
    {
        var sum = 0.0;
        foreach (var sample in pcm)
            sum += (double)sample * sample;
        return sum / pcm.Length;
    }
}
