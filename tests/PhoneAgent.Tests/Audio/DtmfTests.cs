using PhoneAgent.Audio;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.Tests.Audio;

public class DtmfTests(ITestOutputHelper output)
{
    [Fact]
    public void Event_codes_are_those_of_RFC_4733()
    {
        Assert.Equal('0', Dtmf.DigitOf(0));
        Assert.Equal('*', Dtmf.DigitOf(10));
        Assert.Equal('#', Dtmf.DigitOf(11));
        Assert.Equal('D', Dtmf.DigitOf(15));
        Assert.Null(Dtmf.DigitOf(16));
        Assert.Equal((byte)12, Dtmf.EventOf('a'));
        Assert.Null(Dtmf.EventOf('x'));
        Assert.Equal((852f, 1477f), Dtmf.FrequenciesOf('9'));
        Assert.Equal((941f, 1336f), Dtmf.FrequenciesOf('0'));
        foreach (char digit in Dtmf.Digits)
            Assert.Equal(digit, Dtmf.DigitOf(Dtmf.EventOf(digit)!.Value));
    }

    [Theory]
    [InlineData(8000, 0)]
    [InlineData(8000, -10)]
    [InlineData(8000, -30)]
    [InlineData(16000, 0)]
    [InlineData(16000, -30)]
    public void Every_digit_of_40_ms_is_heard_at_every_offset_and_level(int rate, float dbm0)
    {
        for (int offset = 0; offset < 64; offset += 5)
        {
            short[] signal = Dial(rate, Dtmf.Digits, dbm0, 40, 40, 1, 1, lead: rate / 10 + offset * rate / 8000);
            Assert.Equal(Dtmf.Digits, Heard(OverG711(signal), rate));
        }
    }

    [Theory]
    [InlineData(0.985, 0.985)]
    [InlineData(1.015, 1.015)]
    [InlineData(0.985, 1.015)]
    [InlineData(1.015, 0.985)]
    public void Tones_may_be_one_and_a_half_percent_off(double low, double high)
    {
        Assert.Equal(Dtmf.Digits, Heard(OverG711(Dial(8000, Dtmf.Digits, -10, 60, 60, low, high)), 8000));
    }

    [Theory]
    [InlineData(0.96, 1)]
    [InlineData(1, 1.04)]
    public void Tones_that_are_four_percent_off_are_none(double low, double high)
    {
        Assert.Equal("", Heard(Dial(8000, Dtmf.Digits, -10, 60, 60, low, high), 8000));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(-8, true)]
    [InlineData(9, false)]
    [InlineData(-13, false)]
    public void Twist_is_accepted_as_far_as_Q24_says(float highOverLowDb, bool isHeard)
    {
        var tone = new ToneGenerator(8000);
        tone.Start(770, -16 - highOverLowDb / 2, 1336, -16 + highOverLowDb / 2, TimeSpan.FromMilliseconds(80));
        var signal = new short[1600];
        tone.Fill(signal.AsSpan(200));
        Assert.Equal(isHeard ? "5" : "", Heard(signal, 8000));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(15)]
    public void Digits_are_heard_in_noise(double signalToNoiseDb)
    {
        var random = new Random(8);
        string digits = string.Concat(Enumerable.Repeat(Dtmf.Digits, 5));
        short[] clean = Dial(8000, digits, -10, 60, 60, 1, 1);
        double rms = Level.FromDb(-10 - 3.17f) * Math.Pow(10, -signalToNoiseDb / 20);
        string heard = Heard(OverG711(Signals.Mix(clean, Signals.Noise(random, clean.Length, rms))), 8000);
        Assert.Equal(digits, heard);
    }

    [Fact]
    public void Shorter_than_20_ms_is_no_digit_and_a_repeated_key_is_two()
    {
        Assert.Equal("", Heard(Dial(8000, "159", -10, 20, 60, 1, 1), 8000));
        Assert.Equal("5555", Heard(Dial(8000, "5555", -10, 50, 45, 1, 1), 8000));
    }

    [Fact]
    public void Length_is_that_of_the_tone_and_the_current_digit_shows_while_it_sounds()
    {
        var detector = new DtmfDetector(8000);
        short[] signal = Dial(8000, "7", -10, 300, 200, 1, 1);
        bool wasCurrent = false;
        DtmfDigit digit = default;
        for (int at = 0; at + 160 <= signal.Length; at += 160)
        {
            if (detector.Process(signal.AsSpan(at, 160), out DtmfDigit ended))
                digit = ended;
            wasCurrent |= detector.Current == '7';
        }
        Assert.True(wasCurrent);
        Assert.Equal('7', digit.Digit);
        Assert.InRange(digit.Duration, 280 * 8, 320 * 8);
    }

    [Theory]
    [InlineData(697)]
    [InlineData(1209)]
    [InlineData(440)]
    [InlineData(1000)]
    public void One_tone_is_no_digit(float hz)
    {
        Assert.Equal("", Heard(Signals.Sine(hz, 8000, 8000), 8000));
    }

    [RequiresFact(Shared = "data/speech")]
    public void Speech_makes_less_than_one_digit_an_hour()
    {
        TimeSpan total = TimeSpan.Zero;
        int detections = 0;
        foreach (string path in Recordings("data/speech").Concat(Recordings("data/emotion")))
        {
            using FileStream stream = File.OpenRead(path);
            if (!WavFile.TryRead(stream, out WavFile? wav, out _))
                continue;
            short[] mono = wav!.ToMono();
            foreach (int rate in new[] { 8000, 16000 })
            {
                short[] signal = Resampler.Convert(mono, wav.SampleRate, rate);
                Normalise(signal);
                string heard = Heard(rate == 8000 ? OverG711(signal) : signal, rate);
                if (heard.Length > 0)
                    output.WriteLine($"{Path.GetFileName(path)} at {rate}: {heard}");
                detections += heard.Length;
                total += wav.Duration;
            }
        }
        output.WriteLine($"{detections} digits in {total.TotalMinutes:F1} minutes of speech");
        Assert.True(total > TimeSpan.FromMinutes(5), $"only {total} of speech was found");
        Assert.True(detections < Math.Max(1, total.TotalHours), $"{detections} digits in {total}");
    }

    private static IEnumerable<string> Recordings(string folder) =>
        Directory.EnumerateFiles(SharedData.Require(folder), "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static void Normalise(short[] signal)
    {
        float factor = 26000f / Math.Max(1, Level.Peak(signal));
        foreach (ref short sample in signal.AsSpan())
            sample = (short)(sample * factor);
    }

    /// <param name="dbm0">Power of both tones together.</param>
    private static short[] Dial(int rate, string digits, float dbm0, int onMs, int offMs, double lowFactor, double highFactor, int lead = 400)
    {
        int on = onMs * rate / 1000, off = offMs * rate / 1000;
        var signal = new short[lead + digits.Length * (on + off) + rate / 5];
        var tone = new ToneGenerator(rate);
        // 0 dBm0 is a sine at −3.17 dBFS; two tones have half of the power each.
        float level = dbm0 - 3.17f - 3.01f;
        int at = lead;
        foreach (char digit in digits)
        {
            (float low, float high) = Dtmf.FrequenciesOf(digit)!.Value;
            tone.Start((float)(low * lowFactor), level, (float)(high * highFactor), level, TimeSpan.FromMilliseconds(onMs));
            tone.Fill(signal.AsSpan(at, on));
            at += on + off;
        }
        return signal;
    }

    private static short[] OverG711(short[] signal)
    {
        var codes = new byte[signal.Length];
        var decoded = new short[signal.Length];
        G711.ALawEncode(signal, codes);
        G711.ALawDecode(codes, decoded);
        return decoded;
    }

    private static string Heard(short[] signal, int rate)
    {
        var detector = new DtmfDetector(rate);
        var heard = new List<char>();
        int frame = rate / 50;
        for (int at = 0; at < signal.Length; at += frame)
        {
            if (detector.Process(signal.AsSpan(at, Math.Min(frame, signal.Length - at)), out DtmfDigit digit))
                heard.Add(digit.Digit);
        }
        return string.Concat(heard);
    }
}
