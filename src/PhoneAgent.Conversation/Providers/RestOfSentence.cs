using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Providers;

/// <summary>What of a sentence was delivered as sound, and what the next voice has to say. Used by one request.</summary>
internal sealed class RestOfSentence(string text)
{
    private readonly List<WordMark> _marks = [];
    private int _from;
    private long _before;
    private SpeakingPace? _pace;
    private double _rate = 1;

    /// <summary>Samples delivered by the voice that speaks now.</summary>
    public long Delivered { get; private set; }

    /// <summary>The text for the next voice.</summary>
    public string Begin(SpeakingPace pace, double rate)
    {
        _from += Spoken();
        _before += Delivered;
        _marks.Clear();
        (Delivered, _pace, _rate) = (0, pace, rate);
        return text[_from..];
    }

    /// <summary>Counts; the words of the chunk come back with their places in the whole sentence.</summary>
    public SynthesizedAudio Deliver(SynthesizedAudio chunk)
    {
        Delivered += chunk.Samples.Length;
        _marks.AddRange(chunk.Words);
        return _from == 0 && _before == 0 || chunk.Words.Count == 0
            ? chunk
            : chunk with { Words = [.. chunk.Words.Select(w => new WordMark(w.TextOffset + _from, w.SampleOffset + _before))] };
    }

    /// <summary>All was said: the voice's pace is known better.</summary>
    public void End() => _pace?.Learn(text.Length - _from, Delivered, _rate);

    // Up to the last word that had begun: whether it was delivered whole is not known, and a word twice is less than a word lost.
    private int Spoken()
    {
        if (Delivered == 0 || _pace is null)
            return 0;
        if (_marks.Count > 0)
            return Math.Clamp(_marks.Where(m => m.SampleOffset < Delivered).Select(m => m.TextOffset).DefaultIfEmpty(0).Max(), 0, text.Length - _from);
        string part = text[_from..].TrimEnd();
        int at = (int)Math.Clamp(Delivered / _pace.SamplesPerCharacter(_rate), 0, Math.Max(0, part.Length - 1));
        return at == 0 ? 0 : part.LastIndexOf(' ', at) + 1;
    }
}

/// <summary>How fast a voice speaks, learned from the sentences that it said to the end. Thread-safe.</summary>
internal sealed class SpeakingPace
{
    private const int EnoughCharacters = 8;
    private const double Weight = 0.2;

    // English at a usual pace takes about 65 ms a character.
    private double _samplesPerCharacter = 16_000 * 0.065;

    public double SamplesPerCharacter(double rate) => Volatile.Read(ref _samplesPerCharacter) / rate;

    public void Learn(int characters, long samples, double rate)
    {
        // A short text is mostly the silence around it.
        if (characters < EnoughCharacters || samples <= 0)
            return;
        // Two at once: one of them is lost, which an average bears.
        double before = Volatile.Read(ref _samplesPerCharacter);
        Volatile.Write(ref _samplesPerCharacter, before + Weight * (samples * rate / characters - before));
    }
}
