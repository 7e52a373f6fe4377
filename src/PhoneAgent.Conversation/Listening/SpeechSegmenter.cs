using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Listening;

/// <summary>Makes onsets and last voiced samples out of the detector's probabilities, with hysteresis. Not thread-safe.</summary>
public sealed class SpeechSegmenter(SpeechDetectionOptions options)
{
    private readonly long _minSpeech = AudioFormat.ToSamples(options.MinSpeech);
    private long _position;
    private long _candidateOnset = -1;

    /// <summary>True from a sure onset until <see cref="EndSegment"/> or <see cref="Reset"/>: a pause does not end it.</summary>
    public bool InSegment { get; private set; }

    /// <summary>The last window was speech.</summary>
    public bool IsVoiced { get; private set; }

    /// <summary>First sample of the segment.</summary>
    public long Onset { get; private set; }

    /// <summary>Sample position after the last voiced window.</summary>
    public long LastVoiced { get; private set; }

    /// <summary>Voiced samples in the segment so far, pauses left out.</summary>
    public long VoicedSamples { get; private set; }

    /// <summary>Takes one window; true when it makes an onset sure.</summary>
    public bool Add(VoiceActivity activity)
    {
        long window = Math.Max(0, activity.Position - _position);
        long start = _position;
        _position = activity.Position;
        IsVoiced = activity.Probability >= (IsVoiced ? options.OffThreshold : options.OnThreshold);
        if (!IsVoiced)
        {
            _candidateOnset = -1;
            return false;
        }
        if (InSegment)
        {
            VoicedSamples += window;
            LastVoiced = activity.Position;
            return false;
        }
        if (_candidateOnset < 0)
            _candidateOnset = start;
        if (activity.Position - _candidateOnset < _minSpeech)
            return false;
        InSegment = true;
        Onset = _candidateOnset;
        LastVoiced = activity.Position;
        VoicedSamples = activity.Position - Onset;
        return true;
    }

    /// <summary>Silence since the last voiced sample, up to the last window.</summary>
    public long Silence(long position) => InSegment && !IsVoiced ? Math.Max(0, position - LastVoiced) : 0;

    /// <summary>The utterance is over: the next speech is a new segment.</summary>
    public void EndSegment()
    {
        InSegment = false;
        _candidateOnset = -1;
        VoicedSamples = 0;
    }

    public void Reset()
    {
        EndSegment();
        IsVoiced = false;
    }
}
