using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.AzureSpeech;
using PhoneAgent.Tests.Inference.Whisper;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

/// <summary>A service that hears <see cref="ToneSpeech"/>: interims as audio comes, a phrase a pause, results on threads of its own.</summary>
internal sealed class ToneHearing : IAzureHearing
{
    /// <summary>Told instead of the phrases.</summary>
    public AzureFailure? Failure { get; init; }

    /// <summary>Never says that it is done.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The SDK cannot even begin.</summary>
    public bool IsBroken { get; init; }

    public IReadOnlyList<string> Languages { get; private set; } = [];

    public IReadOnlyList<string> Phrases { get; private set; } = [];

    public IAzureListening Listen(IReadOnlyList<string> languages, IReadOnlyList<string> phrases, IAzureListener listener)
    {
        if (IsBroken)
            throw new InvalidOperationException("SPXERR_INVALID_ARG");
        (Languages, Phrases) = (languages, phrases);
        return new Listening(this, listener, languages.Count > 1 ? languages[^1] : null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Listening(ToneHearing service, IAzureListener listener, string? language) : IAzureListening
    {
        private readonly List<float> samples = [];
        private Task speaking = Task.CompletedTask;
        private string last = "";

        public void Write(ReadOnlySpan<short> audio)
        {
            foreach (var sample in audio)
                samples.Add(sample / 32768f);
            var text = string.Join(' ', Words().Select(word => word.Text));
            if (text == last || service.IsSilent)
                return;
            last = text;
            Say(() => listener.OnInterim(new AzurePhrase(text, null, 0, language, [])));
        }

        public void End()
        {
            if (service.IsSilent)
                return;
            var words = Words();
            if (service.Failure is { } failure)
                Say(() => listener.OnFailure(failure));
            else if (words.Count > 0)
                Say(() => listener.OnPhrase(new AzurePhrase($"{string.Join(", ", words.Select(word => word.Text))}.", string.Join(' ', words.Select(word => word.Text)), 0.9, language, words)));
            Say(listener.OnEnd);
        }

        public void Dispose() { }

        private void Say(Action what) => speaking = speaking.ContinueWith(_ => what(), TaskScheduler.Default);

        private List<RecognizedWord> Words() =>
        [
            .. ToneSpeech.Hear([.. samples]).Where(run => run.Frames >= ToneSpeech.WordFrames - 2).Select(run => new RecognizedWord(
                ToneSpeech.Vocabulary[run.Word], run.FirstFrame * AudioFormat.FrameDuration, (run.FirstFrame + run.Frames) * AudioFormat.FrameDuration, 0.9)),
        ];
    }
}
