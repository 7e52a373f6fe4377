using PhoneAgent.Audio.Features;

namespace PhoneAgent.Inference.Emotion;

/// <summary>
/// Makes a classifier's input out of an utterance while it is spoken, computing no more than is asked for, and gathers what
/// speaks for a voice. Keeps the last of a long utterance. Allocates only when made; used for one utterance after another.
/// Not thread-safe.
/// </summary>
internal sealed class UtteranceTone
{
    private readonly EmotionDescription _description;
    private readonly FeatureFrames _frames = new();
    private readonly Spectrum? _spectrum;
    private readonly MelSpectrogram? _mel;
    private readonly PitchTracker _pitch = new();
    private readonly VoiceEvidence _evidence = new();
    private readonly int _rowLength;
    private readonly float[] _rows; // a ring
    private float _energyDb;

    public UtteranceTone(EmotionDescription description)
    {
        _description = description;
        if (description.Channels.Contains(FeatureChannel.LogMel))
            (_spectrum, _mel) = (new Spectrum(), new MelSpectrogram());
        _rowLength = description.Kind == EmotionInputKind.LogMel ? description.ValuesPerFrame : FeatureFrames.HopSamples;
        _rows = new float[description.MostFrames * _rowLength];
    }

    /// <summary>Frames of 10 ms so far.</summary>
    public long Frames => _frames.Count;

    /// <summary>Frames that <see cref="CopyTo"/> gives.</summary>
    public int Kept => (int)Math.Min(Frames, _description.MostFrames);

    /// <summary>Numbers in a frame of the input.</summary>
    public int RowLength => _rowLength;

    public VoiceSigns Signs => _evidence.Summarise();

    public void Push(ReadOnlySpan<short> samples)
    {
        while (_frames.Next(ref samples))
        {
            ReadOnlySpan<float> window = _frames.Window;
            _energyDb = _frames.EnergyDb;
            _pitch.Analyse(_frames.History, _energyDb);
            _evidence.Add(window, _energyDb, _pitch.Estimate);
            Span<float> row = _rows.AsSpan((int)((Frames - 1) % _description.MostFrames) * _rowLength, _rowLength);
            if (_description.Kind == EmotionInputKind.Waveform)
                window[^FeatureFrames.HopSamples..].CopyTo(row);
            else
                WriteFeatures(window, row);
        }
    }

    /// <summary>The input, oldest frame first.</summary>
    /// <param name="target"><see cref="Kept"/> rows.</param>
    public void CopyTo(Span<float> target)
    {
        int oldest = (int)((Frames - Kept) % _description.MostFrames) * _rowLength;
        ReadOnlySpan<float> kept = _rows.AsSpan(0, Kept * _rowLength);
        kept[oldest..].CopyTo(target);
        kept[..oldest].CopyTo(target[(kept.Length - oldest)..]);
        if (_description.Normalizes)
            Normalize(target);
    }

    /// <summary>Forgets the utterance.</summary>
    public void Reset()
    {
        _frames.Reset();
        _pitch.Reset();
        _evidence.Reset();
    }

    private void WriteFeatures(ReadOnlySpan<float> window, Span<float> row)
    {
        if (_mel is not null)
        {
            _spectrum!.Analyse(window);
            _mel.Analyse(_spectrum.Power);
        }
        foreach (FeatureChannel channel in _description.Channels)
        {
            switch (channel)
            {
                case FeatureChannel.LogMel:
                    _mel!.LogMel.CopyTo(row);
                    break;
                case FeatureChannel.EnergyDb:
                    row[0] = _energyDb;
                    break;
                case FeatureChannel.PitchHz:
                    row[0] = _pitch.Estimate.Hz;
                    break;
                case FeatureChannel.PitchClarity:
                    row[0] = _pitch.Estimate.Clarity;
                    break;
            }
            row = row[channel.Width()..];
        }
    }

    private static void Normalize(Span<float> samples)
    {
        double sum = 0, squares = 0;
        foreach (float sample in samples)
        {
            sum += sample;
            squares += (double)sample * sample;
        }
        float mean = (float)(sum / samples.Length);
        // The same small number under the root as in the extractors of wav2vec2.
        float scale = (float)(1 / Math.Sqrt(Math.Max(0, squares / samples.Length - (double)mean * mean) + 1e-7));
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (samples[i] - mean) * scale;
    }
}
