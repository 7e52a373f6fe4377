using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>The utterance that the caller is saying, from a little before its onset to its end. Owned by the session loop.</summary>
internal sealed class CallerUtterance
{
    // The detector is sure of an onset, and the loop hears of it, a little later: the frames of that time count too.
    private static readonly TimeSpan DetectionTime = TimeSpan.FromMilliseconds(400);

    private readonly UtteranceLane _lane;
    private readonly EmotionLane? _tone;
    private readonly SpeechSegmenter _segmenter;
    private readonly PreRoll _preRoll;
    private readonly long _preRollSamples;

    public CallerUtterance(UtteranceLane lane, EmotionLane? tone, SpeechSegmenter segmenter, SpeechDetectionOptions options)
    {
        (_lane, _tone, _segmenter) = (lane, tone, segmenter);
        _preRoll = new PreRoll(options.PreRoll + DetectionTime);
        _preRollSamples = AudioFormat.ToSamples(options.PreRoll);
    }

    /// <summary>Its number; results of others are late.</summary>
    public int Number { get; private set; }

    /// <summary>The latest interim result or probe.</summary>
    public RecognitionResult? Latest { get; set; }

    /// <summary>How it sounded at its latest pause, or as a whole; null until then.</summary>
    public EmotionReading? Tone { get; set; }

    /// <summary>Its last voiced sample, once finished; -1 before the first.</summary>
    public long LastVoiced { get; private set; } = -1;

    /// <summary>Speech in it, once finished.</summary>
    public TimeSpan Voiced { get; private set; }

    private bool IsOpen { get; set; }

    public void Add(ReadOnlySpan<short> frame)
    {
        _preRoll.Add(frame);
        if (IsOpen)
            Push(frame);
    }

    /// <summary>Begins it at the segmenter's onset.</summary>
    public void Open(RecognitionRequest request, long now)
    {
        (Latest, Tone) = (null, null);
        Number = _lane.Open(request);
        _tone?.Open(Number, request.Language);
        IsOpen = true;
        for (int ago = _preRoll.FramesSince(Math.Max(0, _segmenter.Onset - _preRollSamples), now); ago > 0; ago--)
            Push(_preRoll.Back(ago));
    }

    /// <summary>The caller has paused.</summary>
    public void Probe()
    {
        _lane.Probe();
        _tone?.Probe(Number);
    }

    /// <summary>He has gone on after a pause.</summary>
    public void Resume() => _tone?.Resume(Number);

    /// <summary>Asks for the final result.</summary>
    public void Finish()
    {
        IsOpen = false;
        LastVoiced = _segmenter.LastVoiced;
        Voiced = AudioFormat.ToTime(_segmenter.VoicedSamples);
        _lane.Finish();
        _tone?.Finish(Number);
    }

    /// <summary>Nobody wants to know any more what it says.</summary>
    public void Drop()
    {
        if (IsOpen)
        {
            _lane.Drop();
            _tone?.Drop(Number);
        }
        IsOpen = false;
    }

    private void Push(ReadOnlySpan<short> frame)
    {
        _lane.Push(frame);
        _tone?.Push(Number, frame);
    }
}
