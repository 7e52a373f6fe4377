using PhoneAgent.Audio;

namespace PhoneAgent.TrainEmotion;

/// <summary>Sends a voice over a telephone line and hears it as a call does: G.711, lost packets concealed, 16 kHz.</summary>
internal static class TelephoneLine
{
    public const int SampleRate = 8000;
    private const int PacketSamples = SampleRate / 50;
    private const int CallRate = 16_000;

    /// <summary>16 kHz as the call's receiver gives them.</summary>
    public static short[] Send(Clip clip, LineConditions conditions, Random random)
    {
        float[] voice = Voice(clip, conditions);
        Scale(voice, conditions.LevelDb);
        float[] line = Padded(voice, conditions);
        AddNoise(line, conditions, random);
        short[] samples = Array.ConvertAll(line, x => (short)Math.Clamp(MathF.Round(x), short.MinValue, short.MaxValue));
        Receive(samples, conditions, random);
        return Resampler.Convert(samples, SampleRate, CallRate);
    }

    /// <summary>The recording as it is, at 16 kHz: no line at all.</summary>
    public static short[] Clean(Clip clip) => Resampler.Convert(clip.Samples, clip.SampleRate, CallRate);

    private static float[] Voice(Clip clip, LineConditions conditions)
    {
        // Played too fast the voice is higher and quicker; what it shall not be quicker is put back by whole pitch periods.
        short[] played = Resampler.Convert(clip.Samples, (int)Math.Round(clip.SampleRate * conditions.Pitch), SampleRate);
        short[] paced = Stretch(played, conditions.Pitch / conditions.Tempo);
        float[] voice = Array.ConvertAll(paced, sample => (float)sample);
        if (conditions.Room is { } room)
            voice = Reverberate(voice, room);
        for (int i = voice.Length - 1; i > 0; i--)
            voice[i] += (float)-conditions.Tilt * voice[i - 1];
        if (conditions.LowestHz > 0)
            Biquad.HighPass(voice, conditions.LowestHz);
        if (conditions.HighestHz < SampleRate / 2)
            Biquad.LowPass(voice, conditions.HighestHz);
        if (conditions.OverdriveDb > 0)
            Overdrive(voice, conditions.OverdriveDb);
        return voice;
    }

    private static short[] Stretch(short[] samples, double factor)
    {
        if (factor == 1)
            return samples;
        const int frame = 2 * PacketSamples;
        var stretcher = new TimeStretcher(SampleRate, frame);
        var target = new short[frame + stretcher.MaxChange];
        var output = new List<short>((int)(samples.Length * factor) + frame);
        for (int at = 0; at < samples.Length; at += frame)
        {
            ReadOnlySpan<short> part = samples.AsSpan(at, Math.Min(frame, samples.Length - at));
            int wanted = output.Count + part.Length - (int)((at + part.Length) * factor);
            output.AddRange(target.AsSpan(0, stretcher.Process(part, wanted, target)));
        }
        return [.. output];
    }

    private static float[] Reverberate(float[] voice, short[] room)
    {
        int peak = Array.IndexOf(room, room.MaxBy(s => Math.Abs((int)s)));
        // From the direct sound on, a quarter of a second: what comes later is below the noise.
        ReadOnlySpan<short> response = room.AsSpan(peak, Math.Min(SampleRate / 4, room.Length - peak));
        var wet = new float[voice.Length];
        for (int tap = 0; tap < response.Length; tap++)
        {
            float weight = response[tap] / 32768f;
            for (int i = tap; i < voice.Length; i++)
                wet[i] += weight * voice[i - tap];
        }
        return wet;
    }

    private static void Overdrive(float[] voice, double db)
    {
        float peak = voice.Max(MathF.Abs);
        float limit = peak / MathF.Pow(10, (float)db / 20);
        for (int i = 0; i < voice.Length; i++)
            voice[i] = Math.Clamp(voice[i], -limit, limit);
    }

    private static void Scale(float[] voice, double levelDb)
    {
        float rms = MathF.Sqrt(voice.Sum(x => x * x) / voice.Length);
        float gain = rms > 0 ? Level.FromDb((float)levelDb) / rms : 0;
        for (int i = 0; i < voice.Length; i++)
            voice[i] *= gain;
    }

    private static float[] Padded(float[] voice, LineConditions conditions)
    {
        int lead = (int)(conditions.LeadSeconds * SampleRate), trail = (int)(conditions.TrailSeconds * SampleRate);
        var line = new float[lead + voice.Length + trail];
        voice.CopyTo(line, lead);
        return line;
    }

    private static void AddNoise(float[] line, LineConditions conditions, Random random)
    {
        // Uniform noise of RMS 1 spans ±√3.
        float hiss = Level.FromDb((float)conditions.HissDb) * MathF.Sqrt(3);
        for (int i = 0; i < line.Length; i++)
            line[i] += hiss * (2 * random.NextSingle() - 1);
        if (conditions.Noise is not { } noise)
            return;
        var part = new float[line.Length];
        int start = random.Next(noise.Length);
        for (int i = 0; i < part.Length; i++)
            part[i] = noise[(start + i) % noise.Length];
        Scale(part, conditions.NoiseDb);
        for (int i = 0; i < part.Length; i++)
            line[i] += part[i];
    }

    private static void Receive(short[] samples, LineConditions conditions, Random random)
    {
        var concealment = new PacketLossConcealment(SampleRate);
        var packet = new byte[PacketSamples];
        bool lost = false;
        for (int at = 0; at + PacketSamples <= samples.Length; at += PacketSamples)
        {
            Span<short> frame = samples.AsSpan(at, PacketSamples);
            lost = random.NextDouble() < (lost ? conditions.LossGoesOn : conditions.Loss);
            if (lost)
            {
                concealment.Conceal(frame);
                continue;
            }
            Code(frame, packet, conditions.ALaw);
            concealment.Accept(frame);
        }
    }

    private static void Code(Span<short> frame, byte[] packet, bool aLaw)
    {
        if (aLaw)
        {
            G711.ALawEncode(frame, packet);
            G711.ALawDecode(packet, frame);
            return;
        }
        G711.MuLawEncode(frame, packet);
        G711.MuLawDecode(packet, frame);
    }
}
