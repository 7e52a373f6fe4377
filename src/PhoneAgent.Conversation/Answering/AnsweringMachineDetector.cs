using PhoneAgent.Audio.Tones;

namespace PhoneAgent.Conversation.Answering;

/// <summary>What 20 ms of an answered call told.</summary>
/// <param name="Now">Media time.</param>
/// <param name="IsVoiced">Somebody speaks.</param>
/// <param name="Tone">What became sure with it.</param>
/// <param name="IsTone">It is part of a steady tone; a voice detector may take such for a voice.</param>
public readonly record struct AnswerFrame(TimeSpan Now, bool IsVoiced, CallTone Tone = CallTone.None, bool IsTone = false);

/// <summary>
/// Decides who answered a call of ours: features in, verdicts out; no clock, no samples. People say a word or two and wait; machines talk on, say
/// certain things, and beep. Who waits is answered at once, so the first verdict may be wrong, and what is heard after it revises it. Not thread-safe.
/// </summary>
public sealed class AnsweringMachineDetector(AnswerDetectionOptions options)
{
    // A click or a cough.
    private static readonly TimeSpan LeastSpeech = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan NoiseIsOver = TimeSpan.FromMilliseconds(300);
    /// <summary>A tone is known as one this much later than it begins.</summary>
    private static readonly TimeSpan ToneOnset = TimeSpan.FromMilliseconds(240);
    /// <summary>Behind a first "hello", a recording goes on by itself; a person waits for what the agent says.</summary>
    private static readonly TimeSpan GoesOn = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan HelloAgain = TimeSpan.FromMilliseconds(1600);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);
    private const int MaxWords = 2_000;

    private string _words = "";
    private string _interim = "";
    private bool _soundsLikePerson;
    /// <summary>A beep before the first word may be any tone that the line's noise has cut short.</summary>
    private bool _hasSpoken;
    private TimeSpan _now;
    private TimeSpan _waitingSince;
    private TimeSpan _onset;
    private TimeSpan _lastVoiced;
    private TimeSpan _voiced;
    private TimeSpan _pauseBefore;
    private TimeSpan _decidedAt;

    /// <summary>The verdict that holds; null until the first.</summary>
    public AnswerVerdict? Verdict { get; private set; }

    /// <summary>Somebody has spoken since the last long pause.</summary>
    public bool HasSpeech => _voiced >= LeastSpeech;

    private AnswerKind Kind => Verdict?.Kind ?? AnswerKind.Undecided;

    private TimeSpan Spoken => _lastVoiced - _onset;

    private TimeSpan Pause => _now - _lastVoiced;

    private bool MayRevise => _now - _decidedAt <= options.ReviseFor;

    /// <summary>Takes 20 ms.</summary>
    /// <returns>A verdict that is new; null while the last one holds.</returns>
    public AnswerVerdict? Push(in AnswerFrame frame)
    {
        _now = frame.Now;
        if (frame.Tone != CallTone.None && OnTone(frame.Tone) is { } byTone)
            return byTone;
        Follow(frame);
        return Kind switch
        {
            AnswerKind.Undecided => First(),
            AnswerKind.Person or AnswerKind.Silent => TalksOn(),
            AnswerKind.Machine => EndsGreeting(),
            _ => null,
        };
    }

    /// <summary>Takes what was recognised so far of an utterance, or all of it.</summary>
    public AnswerVerdict? OnWords(string text, bool isFinal)
    {
        ArgumentNullException.ThrowIfNull(text);
        _interim = isFinal ? "" : text;
        if (isFinal && _words.Length < MaxWords)
            _words += text + " ";
        string all = _words + _interim;
        if (Kind is AnswerKind.Voicemail or AnswerKind.Fax or AnswerKind.NotInService or AnswerKind.Busy or AnswerKind.Congested || (Kind != AnswerKind.Undecided && !MayRevise))
            return null;
        if (AnswerPhrases.Find(all, AnswerPhrases.NotInService, options.NotInServicePhrases) is { } announced)
            return Decide(AnswerKind.NotInService, "phrase", announced);
        if (Kind != AnswerKind.Machine && AnswerPhrases.Find(all, AnswerPhrases.Machine, options.MachinePhrases) is { } greeted)
            return Decide(AnswerKind.Machine, "phrase", greeted);
        _soundsLikePerson = AnswerPhrases.Find(all, AnswerPhrases.Person, options.PersonPhrases) is not null;
        return null;
    }

    private AnswerVerdict? OnTone(CallTone tone)
    {
        bool isOpen = Kind is AnswerKind.Undecided or AnswerKind.Silent;
        bool isTalking = isOpen || Kind == AnswerKind.Machine || (Kind == AnswerKind.Person && MayRevise);
        switch (tone)
        {
            case CallTone.Ringback:
                _waitingSince = _now;
                Forget();
                return null;
            case CallTone.NotInService when isTalking:
                return Decide(AnswerKind.NotInService, "sit", "special information tone");
            case CallTone.NoCircuit when isTalking:
                return Decide(AnswerKind.Congested, "sit", "special information tone for no circuit");
            case CallTone.Busy when isOpen:
                return Decide(AnswerKind.Busy, "busy-tone", "busy tone");
            case CallTone.Congestion when isOpen:
                return Decide(AnswerKind.Congested, "congestion-tone", "congestion tone");
            case CallTone.Fax when isTalking:
                return Decide(AnswerKind.Fax, "fax-tone", "2100 Hz, or 1100 Hz in the cadence of a fax");
            // The message that was begun on a guess is not on the tape.
            case CallTone.Beep when (isTalking && _hasSpoken) || Verdict is { Kind: AnswerKind.Voicemail, Rule: "end-of-greeting" }:
                return Decide(AnswerKind.Voicemail, "beep", $"a beep {Seconds(_now - _lastVoiced)} after the last voice");
            default:
                return null;
        }
    }

    private void Follow(in AnswerFrame frame)
    {
        if (frame.IsTone)
        {
            _waitingSince = _now;
            if (_voiced < ToneOnset)
                Forget();
            return;
        }
        if (_voiced > TimeSpan.Zero && Pause >= (HasSpeech ? options.PauseAfterHello : NoiseIsOver) && (Kind != AnswerKind.Undecided || !HasSpeech) && frame.IsVoiced)
        {
            _pauseBefore = Pause;
            Forget();
        }
        if (!frame.IsVoiced)
            return;
        if (_voiced == TimeSpan.Zero)
            _onset = _now - Frame;
        (_voiced, _lastVoiced) = (_voiced + Frame, _now);
        _hasSpoken |= _voiced >= ToneOnset;
    }

    private void Forget() => _voiced = TimeSpan.Zero;

    private AnswerVerdict? First()
    {
        if (!HasSpeech)
            return _now - _waitingSince >= options.Silence && Pause >= options.PauseAfterHello
                ? Decide(AnswerKind.Silent, "silence", $"nobody spoke for {Seconds(_now - _waitingSince)}")
                : null;
        if (Spoken >= options.LongGreeting && !_soundsLikePerson)
            return Decide(AnswerKind.Machine, "long-greeting", $"{Seconds(Spoken)} of speech without a pause of {Seconds(options.AnswerAfter)}");
        bool isShort = Spoken <= options.LongestHello;
        if (Pause < (isShort || _soundsLikePerson ? options.PauseAfterHello : options.AnswerAfter))
            return null;
        string rule = _soundsLikePerson ? "asked" : isShort ? "short-greeting" : "pause";
        return Decide(AnswerKind.Person, rule, $"{Seconds(Spoken)} of speech, then {Seconds(Pause)} of silence");
    }

    private AnswerVerdict? TalksOn()
    {
        bool byItself = Kind == AnswerKind.Silent || _onset - _decidedAt <= GoesOn;
        return HasSpeech && MayRevise && byItself && _onset > _decidedAt && Spoken >= options.TalksOn
            ? Decide(AnswerKind.Machine, "talks-on", $"{Seconds(Spoken)} of speech over the agent")
            : null;
    }

    private AnswerVerdict? EndsGreeting()
    {
        // Who waits for an answer after a long "hello" asks again; a recording does not.
        if (Verdict!.Rule == "long-greeting" && HasSpeech && _onset > _decidedAt && _pauseBefore >= GoesOn && Spoken <= HelloAgain && Pause >= options.PauseAfterHello)
            return Decide(AnswerKind.Person, "hello-again", $"{Seconds(Spoken)} of speech after {Seconds(_pauseBefore)} of silence");
        return Pause >= options.EndOfGreeting
            ? Decide(AnswerKind.Voicemail, "end-of-greeting", $"{Seconds(Pause)} of silence after the greeting")
            : null;
    }

    private AnswerVerdict Decide(AnswerKind kind, string rule, string detail)
    {
        if (Verdict is null)
            _decidedAt = _now;
        return Verdict = new AnswerVerdict(kind, rule, detail, _now);
    }

    private static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
