namespace PhoneAgent.Audio;

/// <summary>What a caller hears while the other phone rings, as ITU-T E.180 lists it.</summary>
/// <param name="Hz2">0 for a single tone.</param>
/// <param name="CadenceMs">Sound, silence, sound, silence …</param>
public sealed record RingbackTone(float Hz1, float Hz2, IReadOnlyList<int> CadenceMs)
{
    public static readonly RingbackTone NorthAmerica = new(440, 480, [2_000, 4_000]);
    public static readonly RingbackTone UnitedKingdom = new(400, 450, [400, 200, 400, 2_000]);
    public static readonly RingbackTone Europe = new(425, 0, [1_000, 4_000]);

    /// <summary>One cadence; it can be played in a loop.</summary>
    /// <param name="levelDb">RMS of the sound, dBFS.</param>
    public short[] Render(int sampleRate, float levelDb)
    {
        // A sine's RMS is 3 dB below its peak, that of two together again 3 dB above.
        float peakDb = Hz2 == 0 ? levelDb + 3.01f : levelDb;
        var tone = new ToneGenerator(sampleRate);
        var samples = new short[CadenceMs.Sum(part => SamplesOf(part, sampleRate))];
        int at = 0;
        for (int i = 0; i < CadenceMs.Count; i++)
        {
            int length = SamplesOf(CadenceMs[i], sampleRate);
            if (i % 2 == 0)
            {
                TimeSpan duration = TimeSpan.FromMilliseconds(CadenceMs[i]);
                if (Hz2 == 0)
                    tone.Start(Hz1, peakDb, duration);
                else
                    tone.Start(Hz1, peakDb, Hz2, peakDb, duration);
                tone.Fill(samples.AsSpan(at, length));
            }
            at += length;
        }
        return samples;
    }

    private static int SamplesOf(int milliseconds, int sampleRate) => (int)((long)milliseconds * sampleRate / 1000);
}
