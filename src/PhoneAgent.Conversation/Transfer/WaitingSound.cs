using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>
/// What somebody hears who waits: music, a ringback tone, a file, with a word now and then. One object serves all calls;
/// thread-safe.
/// </summary>
public sealed class WaitingSound
{
    /// <summary>dBFS: well below speech, so that who listens at the other end of a leak hears no words in it.</summary>
    public const double LevelDb = -26;

    private const float RingbackDb = -24;

    /// <summary>The names that <c>transfer.hold_music</c> knows besides files.</summary>
    public static readonly IReadOnlyList<string> BuiltIn = ["music", "ringback-us", "ringback-uk", "ringback-eu", "silence"];

    private readonly Lazy<Ambience?> _loop;
    private volatile short[] _words = [];

    private WaitingSound(Lazy<Ambience?> loop) => _loop = loop;

    /// <summary>From the beginning of the wait to the words, and from word to word.</summary>
    public TimeSpan WordsEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="name">One of <see cref="BuiltIn"/>, or the path of a WAV file of 1 s to 10 min.</param>
    /// <param name="error">What is wrong with the file, for a person; does not repeat the path.</param>
    public static bool TryCreate(string name, TimeSpan wordsEvery, [NotNullWhen(true)] out WaitingSound? sound, [NotNullWhen(false)] out string? error)
    {
        (Func<Ambience?>? make, error) = (null, null);
        switch (name)
        {
            case "music":
                make = () => Ambience.Seamless(HoldMusic.Render(AudioFormat.SampleRate, LevelDb));
                break;
            case "ringback-us":
                make = () => Ringback(RingbackTone.NorthAmerica);
                break;
            case "ringback-uk":
                make = () => Ringback(RingbackTone.UnitedKingdom);
                break;
            case "ringback-eu":
                make = () => Ringback(RingbackTone.Europe);
                break;
            case "silence":
                make = () => null;
                break;
            default:
                if (Ambience.TryLoad(name, LevelDb, out Ambience? loop, out error))
                    make = () => loop;
                break;
        }
        // Made when the first caller waits: most programs that start transfer nobody.
        sound = make is null ? null : new WaitingSound(new Lazy<Ambience?>(make)) { WordsEvery = wordsEvery };
        return sound is not null;
    }

    /// <summary>Makes everything now, so that no call waits for it.</summary>
    public void Prepare() => _ = _loop.Value;

    /// <summary>The word that is said now and then, e.g. "Thank you for holding"; from here on, also to those who wait already.</summary>
    /// <param name="samples">16 kHz.</param>
    public void Say(short[] samples) => _words = samples;

    /// <summary>For one who begins to wait.</summary>
    public IAudioPeer Play() => new Player(_loop.Value, this);

    private static Ambience Ringback(RingbackTone tone) => Ambience.Seamless(tone.Render(AudioFormat.SampleRate, RingbackDb));

    /// <summary>Fades in, ducks under words. Runs on the media thread.</summary>
    private sealed class Player(Ambience? loop, WaitingSound sound) : IAudioPeer
    {
        private const float Ducked = 0.25f; // -12 dB
        private const float RampPerSample = 1f / (0.2f * AudioFormat.SampleRate);

        private readonly long _wordsEvery = AudioFormat.ToSamples(sound.WordsEvery);
        private long _played;
        private long _nextWords = AudioFormat.ToSamples(sound.WordsEvery);
        private short[] _words = [];
        private int _said;
        private float _gain;

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Clear();
            if (_said == _words.Length && _played >= _nextWords)
                (_words, _said) = (sound._words, 0);
            int words = Math.Min(toSend.Length, _words.Length - _said);
            loop?.Mix(_played, toSend);
            float target = words > 0 ? Ducked : 1;
            // Most frames by far are the loop as it is.
            for (int i = words > 0 || _gain < 1 ? 0 : toSend.Length; i < toSend.Length; i++)
            {
                _gain = _gain < target ? Math.Min(target, _gain + RampPerSample) : Math.Max(target, _gain - RampPerSample);
                float sample = toSend[i] * _gain + (i < words ? _words[_said + i] : 0);
                toSend[i] = (short)Math.Clamp(sample, short.MinValue, short.MaxValue);
            }
            _said += words;
            _played += toSend.Length;
            if (words > 0 && _said == _words.Length)
                _nextWords = _played + _wordsEvery;
            return loop is not null || words > 0;
        }
    }
}
