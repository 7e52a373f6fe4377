using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Inference.Energy;

/// <summary>
/// The detector that needs no model: a logistic score of <see cref="EnergyFeatures"/>, one result per 20 ms frame, inside
/// Push. The weights were fitted to Silero's verdicts on clean and noisy speech and on noise.
/// </summary>
public sealed class EnergyVoiceDetector : IVoiceDetector
{
    public string Name => "energy";

    public IVoiceStream Open(Action<VoiceActivity> onActivity)
    {
        ArgumentNullException.ThrowIfNull(onActivity);
        return new Stream(onActivity);
    }

    public void Dispose() { }

    private sealed class Stream(Action<VoiceActivity> onActivity) : IVoiceStream
    {
        /// <summary>The score is a mean of so many frames.</summary>
        private const int Smoothing = 3;

        /// <summary>Quieter than this is never speech, whatever the floor: a line's own hiss comes and goes with comfort noise.</summary>
        private const float QuietestSpeechDb = -62;

        // Constant, level over floor, voicing, movement, tilt, level.
        private static readonly float[] Weights = [-4.859f, 0.790f, 2.907f, 2.885f, -0.987f, 0.493f];

        private readonly EnergyFeatures extractor = new();
        private readonly float[] features = new float[EnergyFeatures.Count];
        private readonly float[] scores = new float[Smoothing];
        private long frames;

        public void Push(long position, ReadOnlySpan<short> frame)
        {
            extractor.Push(frame, features);
            var score = 0f;
            for (var i = 0; i < features.Length; i++)
                score += Weights[i] * features[i];
            scores[frames++ % Smoothing] = score;
            onActivity(new VoiceActivity(position + AudioFormat.FrameSamples, Probability()));
        }

        public void Reset()
        {
            extractor.Reset();
            frames = 0;
        }

        public void Dispose() { }

        private float Probability()
        {
            if (extractor.LevelDb < QuietestSpeechDb)
                return 0;
            var known = (int)Math.Min(Smoothing, frames);
            var sum = 0f;
            for (var i = 0; i < known; i++)
                sum += scores[i];
            return 1 / (1 + MathF.Exp(-sum / known));
        }
    }
}
