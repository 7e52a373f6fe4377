using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// What the agent is about to say, sample by sample: filled by synthesis, played by the media thread, cut, ducked,
/// paused and resumed by the session. Knows what was really heard. Thread-safe; <see cref="Read"/> never allocates.
/// </summary>
public sealed class SpeechQueue
{
    private const float DuckGain = 0.25f; // -12 dB
    private const float RampPerSample = 1f / (0.010f * AudioFormat.SampleRate); // full scale in 10 ms
    private const int CutTail = AudioFormat.SampleRate / 200; // 5 ms

    // A voice's first sample above this is "voiced": -50 dBFS, far under any speech.
    private const short VoicedLevel = 100;

    private static readonly short[] s_silence = new short[AudioFormat.SampleRate];

    private readonly Lock _lock = new();
    private readonly List<SpeechSentence> _sentences = [];
    private readonly short[] _tail = new short[CutTail];
    private int _tailLeft;
    private int _current;
    private int _chunk;
    private int _offset;
    private int _openTurn;
    private float _gain = 1;
    private float _targetGain = 1;
    private bool _paused;
    private Cursor _resumeAt;
    private int _firstVoicedTurn = -1;
    private long _firstVoicedPosition = -1;
    private int _wordsTurn = -1;
    private long _lastPlayed = -1;
    private long _lastWords = -1;
    private long _underruns;

    private readonly record struct Cursor(int Sentence, int Chunk, int Offset, long Played);

    /// <summary>Adds a sentence behind all others. It is silent until <see cref="Open"/> allows its turn.</summary>
    /// <param name="pause">Silence before it, at most a second.</param>
    public SpeechSentence Add(int turn, string text, bool interruptible, TimeSpan pause = default)
    {
        int lead = Math.Clamp((int)AudioFormat.ToSamples(pause), 0, s_silence.Length);
        var sentence = new SpeechSentence(turn, text, interruptible) { Lead = lead, Total = lead };
        if (lead > 0)
            sentence.Chunks.Add(s_silence.AsMemory(0, lead));
        lock (_lock)
            _sentences.Add(sentence);
        return sentence;
    }

    /// <summary>Adds words that bridge a wait: before all sentences of the turn that are not audible yet.</summary>
    public SpeechSentence AddFiller(int turn, string text)
    {
        var sentence = new SpeechSentence(turn, text, interruptible: true) { IsFiller = true };
        lock (_lock)
        {
            int place = _current;
            while (place < _sentences.Count && (_sentences[place].Turn < turn || _sentences[place].Played > 0))
                place++;
            _sentences.Insert(Math.Min(place, _sentences.Count), sentence);
        }
        return sentence;
    }

    /// <summary>Whether nothing else is waited for before this sentence of its turn.</summary>
    public bool IsNext(SpeechSentence sentence)
    {
        lock (_lock)
        {
            for (int i = _current; i < _sentences.Count && _sentences[i] != sentence; i++)
            {
                if (_sentences[i].Turn == sentence.Turn && !_sentences[i].IsComplete)
                    return false;
            }
            return true;
        }
    }

    /// <summary>Audio of a sentence is still to come.</summary>
    public bool IsBeingMade
    {
        get
        {
            lock (_lock)
            {
                for (int i = _current; i < _sentences.Count; i++)
                {
                    if (!_sentences[i].IsComplete)
                        return true;
                }
                return false;
            }
        }
    }

    /// <summary>More audio of a sentence. Ignored when the sentence was cut.</summary>
    public void Append(SpeechSentence sentence, in SynthesizedAudio audio)
    {
        lock (_lock)
        {
            if (sentence.IsComplete)
                return;
            if (!audio.Samples.IsEmpty)
            {
                sentence.Chunks.Add(audio.Samples);
                sentence.Total += audio.Samples.Length;
            }
            sentence.Words.AddRange(audio.Words);
        }
    }

    /// <summary>No more audio follows for this sentence.</summary>
    public void Complete(SpeechSentence sentence)
    {
        lock (_lock)
            sentence.IsComplete = true;
    }

    /// <summary>Lets sentences of turns up to this one be heard.</summary>
    public void Open(int turn)
    {
        lock (_lock)
            _openTurn = Math.Max(_openTurn, turn);
    }

    /// <summary>Forgets the sentences of a turn that never became audible. Returns how many samples had been made for them.</summary>
    public long Discard(int turn)
    {
        long samples = 0;
        lock (_lock)
        {
            for (int i = _sentences.Count - 1; i >= _current; i--)
            {
                if (_sentences[i].Turn == turn && _sentences[i].Played == 0)
                {
                    _sentences[i].IsComplete = true;
                    samples += _sentences[i].Total - _sentences[i].Lead;
                    _sentences.RemoveAt(i);
                }
            }
        }
        return samples;
    }

    public void Duck() => SetGain(DuckGain);

    /// <summary>Falls silent within 10 ms; <see cref="Resume"/> goes on from the sample at which this was asked.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            if (_paused)
                return;
            _paused = true;
            _targetGain = 0;
            if (_current >= _sentences.Count || _sentences[_current].Turn > _openTurn || _chunk >= _sentences[_current].Chunks.Count)
                _gain = 0; // nothing to fade out: what comes while it is paused must not begin
            _resumeAt = new Cursor(_current, _chunk, _offset, _current < _sentences.Count ? _sentences[_current].Played : 0);
        }
    }

    /// <summary>Full volume again, after <see cref="Duck"/> or <see cref="Pause"/>.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _targetGain = 1;
            if (!_paused)
                return;
            _paused = false;
            for (int i = _resumeAt.Sentence + 1; i <= _current && i < _sentences.Count; i++)
                _sentences[i].Played = 0;
            (_current, _chunk, _offset) = (_resumeAt.Sentence, _resumeAt.Chunk, _resumeAt.Offset);
            if (_current < _sentences.Count)
                _sentences[_current].Played = _resumeAt.Played;
            _gain = 0;
        }
    }

    /// <summary>
    /// Throws away what was not heard and returns what was, in order. Audible speech ends with a 5 ms ramp.
    /// </summary>
    public string Cut()
    {
        lock (_lock)
        {
            if (_paused && _current < _sentences.Count && _resumeAt.Sentence == _current)
                _sentences[_current].Played = Math.Min(_sentences[_current].Played, _resumeAt.Played + AudioFormat.FrameSamples);
            if (_gain > 0 && !_paused)
                _tailLeft = FillTail();
            string heard = HeardSoFar();
            foreach (SpeechSentence sentence in _sentences)
                sentence.IsComplete = true;
            Clear();
            return heard;
        }
    }

    /// <summary>What was heard since the last <see cref="Cut"/> or <see cref="TakeHeard"/>, once everything is played.</summary>
    public string TakeHeard()
    {
        lock (_lock)
        {
            string heard = HeardSoFar();
            if (Finished())
                Clear();
            return heard;
        }
    }

    /// <summary>The state of things, for the session's tick.</summary>
    public SpeechStatus Status
    {
        get
        {
            lock (_lock)
            {
                SpeechSentence? playing = _current < _sentences.Count ? _sentences[_current] : null;
                return new SpeechStatus(Finished(), playing is { Interruptible: false, Played: > 0 }, _firstVoicedTurn, _firstVoicedPosition, _underruns)
                {
                    IsPaused = _paused,
                    WordsTurn = _wordsTurn,
                    LastPlayed = _lastPlayed,
                    LastWords = _lastWords,
                };
            }
        }
    }

    /// <summary>
    /// Fills one frame; runs on the media thread. True when the frame has speech in it.
    /// </summary>
    public bool Read(long position, Span<short> frame)
    {
        lock (_lock)
        {
            int filled = ReadTail(frame);
            if (!(_paused && _gain <= 0))
                filled = ReadSentences(position, frame, filled);
            frame[filled..].Clear();
            return filled > 0;
        }
    }

    private int ReadSentences(long position, Span<short> frame, int filled)
    {
        while (filled < frame.Length && _current < _sentences.Count)
        {
            SpeechSentence sentence = _sentences[_current];
            if (sentence.Turn > _openTurn)
                break;
            if (_chunk >= sentence.Chunks.Count)
            {
                if (!sentence.IsComplete)
                {
                    _underruns += sentence.Played > sentence.Lead ? 1 : 0;
                    break;
                }
                (_current, _chunk, _offset) = (_current + 1, 0, 0);
                continue;
            }
            ReadOnlySpan<short> source = sentence.Chunks[_chunk].Span[_offset..];
            int count = Math.Min(source.Length, frame.Length - filled);
            CopyWithGain(source[..count], frame.Slice(filled, count));
            NoteFirstVoiced(sentence, position + filled, frame.Slice(filled, count));
            filled += count;
            _offset += count;
            sentence.Played += count;
            _lastPlayed = position + filled;
            if (!sentence.IsFiller)
                _lastWords = _lastPlayed;
            if (count == source.Length)
                (_chunk, _offset) = (_chunk + 1, 0);
        }
        return filled;
    }

    private void CopyWithGain(ReadOnlySpan<short> source, Span<short> target)
    {
        if (_gain >= 1 && _targetGain >= 1)
        {
            source.CopyTo(target);
            return;
        }
        for (int i = 0; i < source.Length; i++)
        {
            _gain = _gain < _targetGain ? Math.Min(_targetGain, _gain + RampPerSample) : Math.Max(_targetGain, _gain - RampPerSample);
            target[i] = (short)(source[i] * _gain);
        }
    }

    private void NoteFirstVoiced(SpeechSentence sentence, long position, ReadOnlySpan<short> samples)
    {
        if (_firstVoicedTurn >= sentence.Turn && (sentence.IsFiller || _wordsTurn >= sentence.Turn))
            return;
        int first = samples.IndexOfAnyExceptInRange((short)-VoicedLevel, VoicedLevel);
        if (first < 0)
            return;
        if (_firstVoicedTurn < sentence.Turn)
            (_firstVoicedTurn, _firstVoicedPosition) = (sentence.Turn, position + first);
        if (!sentence.IsFiller)
            _wordsTurn = Math.Max(_wordsTurn, sentence.Turn);
    }

    private int FillTail()
    {
        if (_current >= _sentences.Count || _chunk >= _sentences[_current].Chunks.Count || _sentences[_current].Turn > _openTurn)
            return 0;
        ReadOnlySpan<short> next = _sentences[_current].Chunks[_chunk].Span[_offset..];
        int count = Math.Min(CutTail, next.Length);
        for (int i = 0; i < count; i++)
            _tail[i] = (short)(next[i] * _gain * (count - i) / count);
        return count;
    }

    private int ReadTail(Span<short> frame)
    {
        int count = Math.Min(_tailLeft, frame.Length);
        _tail.AsSpan(0, count).CopyTo(frame);
        _tailLeft = 0;
        return count;
    }

    private bool Finished()
    {
        for (int i = _current; i < _sentences.Count; i++)
        {
            SpeechSentence sentence = _sentences[i];
            if (!sentence.IsComplete || sentence.Played < sentence.Total)
                return false;
        }
        return true;
    }

    private string HeardSoFar() =>
        string.Join(' ', _sentences.Where(sentence => sentence.Played > 0).Select(sentence => sentence.Heard()).Where(text => text.Length > 0));

    private void Clear()
    {
        _sentences.Clear();
        (_current, _chunk, _offset) = (0, 0, 0);
        _paused = false;
        (_gain, _targetGain) = (1, 1);
    }

    private void SetGain(float gain)
    {
        lock (_lock)
            _targetGain = gain;
    }
}

/// <summary>The queue at one moment.</summary>
/// <param name="IsFinished">Nothing is left to play and nothing is being synthesised.</param>
/// <param name="MustBeHeard">What plays now may not be interrupted.</param>
/// <param name="FirstVoicedTurn">The latest turn of which something audible was played; -1 for none.</param>
/// <param name="FirstVoicedPosition">The position of its first voiced sample.</param>
/// <param name="Underruns">Frames that synthesis was too slow for.</param>
public readonly record struct SpeechStatus(bool IsFinished, bool MustBeHeard, int FirstVoicedTurn, long FirstVoicedPosition, long Underruns)
{
    public bool IsPaused { get; init; }

    /// <summary>The latest turn of which words of its own, not only a filler, were audible; -1 for none.</summary>
    public int WordsTurn { get; init; }

    /// <summary>The position after the last sample of speech that was played; -1 for none.</summary>
    public long LastPlayed { get; init; }

    /// <summary>… of words that were no filler.</summary>
    public long LastWords { get; init; }
}
