using System.Globalization;
using System.Runtime.InteropServices;
using PhoneAgent.Audio.Features;

namespace PhoneAgent.TrainEmotion;

/// <summary>
/// Writes the features of clips, one behind the other: <c>features.f16</c> holds half-precision floats, frame by frame,
/// each with 64 log-mel bands, pitch in Hz and clarity; <c>index.csv</c> says where each clip lies.
/// </summary>
internal sealed class FeatureWriter : IDisposable
{
    /// <summary>Log-mel bands, pitch, clarity: the order of <c>channels</c> in the model's description.</summary>
    public const int Channels = MelSpectrogram.Bands + 2;

    private readonly FileStream _features;
    private readonly StreamWriter _index;
    private readonly AcousticFeatures _acoustic = new();
    private readonly Half[] _row = new Half[Channels];
    private long _frames;

    public FeatureWriter(string folder)
    {
        Directory.CreateDirectory(folder);
        _features = File.Create(Path.Combine(folder, "features.f16"), 1 << 16);
        _index = new StreamWriter(Path.Combine(folder, "index.csv"));
        _index.WriteLine("name,speaker,emotion,use,condition,first,frames");
    }

    public void Add(Clip clip, string condition, ReadOnlySpan<short> samples)
    {
        long first = _frames;
        _acoustic.Reset();
        while (_acoustic.Next(ref samples))
        {
            for (int band = 0; band < MelSpectrogram.Bands; band++)
                _row[band] = (Half)_acoustic.LogMel[band];
            _row[MelSpectrogram.Bands] = (Half)_acoustic.Pitch.Hz;
            _row[MelSpectrogram.Bands + 1] = (Half)_acoustic.Pitch.Clarity;
            _features.Write(MemoryMarshal.AsBytes(_row.AsSpan()));
            _frames++;
        }
        _index.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{clip.Name},{clip.Speaker},{clip.Emotion},{clip.Use},{condition},{first},{_frames - first}"));
    }

    public void Dispose()
    {
        _features.Dispose();
        _index.Dispose();
    }
}
