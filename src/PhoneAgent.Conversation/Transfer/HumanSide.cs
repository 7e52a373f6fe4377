using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>Our end of a consultation call: the human hears what is said to him, later the caller.</summary>
internal sealed class HumanSide(ICall call, SessionInbox inbox) : IAudioPeer
{
    private readonly SpeechQueue _queue = new();
    private readonly BeepDetector _beeps = new(AudioFormat.SampleRate);
    private volatile bool _hasBeeped;
    private volatile IAudioPeer? _other;

    public ICall Call => call;

    /// <summary>Ends when the voice has let go of what it was asked for.</summary>
    public Task Speaking { get; private set; } = Task.CompletedTask;

    /// <summary>All that was to be said was heard.</summary>
    public bool HasHeardAll => _queue.Status.IsFinished;

    /// <summary>A machine answered in his place: it has told us to leave a message.</summary>
    public bool HasBeeped => _hasBeeped;

    /// <summary>Whom the human talks to from here on; null: he hears what is said to him.</summary>
    public IAudioPeer? Other
    {
        get => _other;
        set => _other = value;
    }

    public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        if (_other is { } other)
            return other.Exchange(position, origin, received, toSend);
        if (_beeps.Push(received))
            _hasBeeped = true;
        return _queue.Read(position, toSend);
    }

    /// <summary>Speaks a text, synthesised beside the loop. A sentence that fails is left out and told.</summary>
    public void Say(string text, ISpeechSynthesizer voice, SpeakerOptions manner, CancellationToken cancellationToken)
    {
        SpeechSentence[] sentences = [.. SentenceChunker.Split(text).Select(sentence => _queue.Add(1, sentence, interruptible: true))];
        _queue.Open(1);
        inbox.BeginWork();
        Speaking = Task.Run(() => SpeakAsync(sentences, manner.Sound.Around(voice), manner, cancellationToken), CancellationToken.None);
    }

    private async Task SpeakAsync(SpeechSentence[] sentences, ISpeechSynthesizer voice, SpeakerOptions manner, CancellationToken cancellationToken)
    {
        foreach (SpeechSentence sentence in sentences)
        {
            try
            {
                var request = new SynthesisRequest(sentence.Text, manner.Voice, manner.Rate, manner.GainDb) { Language = manner.Language };
                await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(request, cancellationToken).ConfigureAwait(false))
                    _queue.Append(sentence, chunk);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                // He is gone, or has decided.
            }
            catch (Exception e)
            {
                inbox.Post(SessionMessage.Event(new TimelineEvent.Failure("synthesiser", e.Message, "the human heard less of the brief") { At = default }));
            }
            _queue.Complete(sentence);
        }
        inbox.EndWork();
    }
}
