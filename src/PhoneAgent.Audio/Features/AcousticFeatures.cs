namespace PhoneAgent.Audio.Features;

/// <summary>
/// All features of a voice, every 10 ms while it speaks. Exact: the same for any split of the stream. Allocates only when
/// made. Not thread-safe; each stream has its own.
/// </summary>
public sealed class AcousticFeatures
{
    private readonly FeatureFrames _frames = new();
    private readonly Spectrum _spectrum = new();
    private readonly MelSpectrogram _mel = new();
    private readonly Mfcc _mfcc = new();
    private readonly SpectralContrast _contrast = new();
    private readonly Chroma _chroma = new();
    private readonly PitchTracker _pitch = new();
    private readonly PeriodMeter _periods = new();

    /// <summary>How many frames there have been; the last covers the 25 ms from 10 ms times (this − 1).</summary>
    public long Frames => _frames.Count;

    /// <summary>RMS of the 25 ms in dBFS, <see cref="Level.FloorDb"/> to 0.</summary>
    public float EnergyDb { get; private set; } = Level.FloorDb;

    /// <inheritdoc cref="PitchTracker.Estimate"/>
    public Pitch Pitch => _pitch.Estimate;

    /// <inheritdoc cref="PeriodMeter.Perturbation"/>
    public Perturbation Perturbation => _periods.Perturbation;

    /// <inheritdoc cref="MelSpectrogram.LogMel"/>
    public ReadOnlySpan<float> LogMel => _mel.LogMel;

    /// <inheritdoc cref="Mfcc.Cepstrum"/>
    public ReadOnlySpan<float> Cepstrum => _mfcc.Cepstrum;

    /// <inheritdoc cref="Mfcc.Delta"/>
    public ReadOnlySpan<float> Delta => _mfcc.Delta;

    /// <inheritdoc cref="Mfcc.DeltaDelta"/>
    public ReadOnlySpan<float> DeltaDelta => _mfcc.DeltaDelta;

    /// <inheritdoc cref="SpectralContrast.Contrast"/>
    public ReadOnlySpan<float> Contrast => _contrast.Contrast;

    /// <inheritdoc cref="Chroma.Strengths"/>
    public ReadOnlySpan<float> ChromaStrengths => _chroma.Strengths;

    /// <summary>
    /// Takes 16 kHz samples from the front of a span until there are the features of one more frame: call it until it says no.
    /// They stand until the next call.
    /// </summary>
    public bool Next(ref ReadOnlySpan<short> samples)
    {
        if (!_frames.Next(ref samples))
            return false;
        EnergyDb = _frames.EnergyDb;
        _spectrum.Analyse(_frames.Window);
        _mel.Analyse(_spectrum.Power);
        _mfcc.Analyse(_mel.LogMel);
        _contrast.Analyse(_spectrum.Power);
        _chroma.Analyse(_spectrum.Power);
        _pitch.Analyse(_frames.History, EnergyDb);
        _periods.Analyse(_frames.History, _pitch.Estimate);
        return true;
    }

    /// <summary>Forgets what came before, as for a new utterance.</summary>
    public void Reset()
    {
        _frames.Reset();
        _mfcc.Reset();
        _pitch.Reset();
        _periods.Reset();
        EnergyDb = Level.FloorDb;
    }
}
