using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>The utterance that the caller is saying, from a little before its onset to its end. Owned by the session loop.</summary>
internal sealed class CallerUtterance
{
    // The detector is sure of an onset, and the loop hears of it, a little later: the frames of that time count too.
    private static readonly TimeSpan DetectionTime = TimeSpan.FromMilliseconds(400);

    private readonly UtteranceLane _lane;
    private readonly SpeechSegmenter _segmenter;
    private readonly PreRoll _preRoll;
    private readonly long _preRollSamples;

    public CallerUtterance(UtteranceLane lane, SpeechSegmenter segmenter, SpeechDetectionOptions options)
    {
        (_lane, _segmenter) = (lane, segmenter);
        _preRoll = new PreRoll(options.PreRoll + DetectionTime);
        _preRollSamples = AudioFormat.ToSamples(options.PreRoll);
    }

    /// <summary>Its number; results of others are late.</summary>
    public int Number { get; private set; }

    /// <summary>The latest interim result or probe.</summary>
    public RecognitionResult? Latest { get; set; }

    /// <summary>Its last voiced sample, once finished; -1 before the first.</summary>
    public long LastVoiced { get; private set; } = -1;

    /// <summary>Speech in it, once finished.</summary>
    public TimeSpan Voiced { get; private set; }

    private bool IsOpen { get; set; }

    public void Add(ReadOnlySpan<short> frame)
    {
        _preRoll.Add(frame);
        if (IsOpen)
            _lane.Push(frame);
    }

    /// <summary>Begins it at the segmenter's onset.</summary>
    public void Open(RecognitionRequest request, long now)
    {
        Latest = null;
        Number = _lane.Open(request);
        IsOpen = true;
        for (int ago = _preRoll.FramesSince(Math.Max(0, _segmenter.Onset - _preRollSamples), now); ago > 0; ago--)
            _lane.Push(_preRoll.Back(ago));
    }

    public void Probe() => _lane.Probe();

    /// <summary>Asks for the final result.</summary>
    public void Finish()
    {
        IsOpen = false;
        LastVoiced = _segmenter.LastVoiced;
        Voiced = AudioFormat.ToTime(_segmenter.VoicedSamples);
        _lane.Finish();
    }

    /// <summary>Nobody wants to know any more what it says.</summary>
    public void Drop()
    {
        if (IsOpen)
            _lane.Drop();
        IsOpen = false;
    }
}
