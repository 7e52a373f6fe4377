using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// One utterance. While the caller speaks, its window is transcribed again and again for interims; a pause or the end needs
/// another transcription only when something was spoken since the last. One transcription at a time; results come from the
/// pool's workers, under the lock, so that none follows a dispose.
/// </summary>
internal sealed class WhisperStream : IRecognitionStream
{
    /// <summary>What Whisper hears at once, with a margin.</summary>
    private static readonly int Longest = (int)AudioFormat.ToSamples(TimeSpan.FromSeconds(29));

    /// <summary>Less voice than this is a click or a breath: it is not shown to a model that would find words in it.</summary>
    private static readonly TimeSpan LeastVoice = TimeSpan.FromMilliseconds(80);

    /// <summary>At the end, settled words before a pause are not transcribed again when that leaves less than this.</summary>
    private static readonly TimeSpan FinalWindow = TimeSpan.FromSeconds(6);

    private readonly Lock guard = new();
    private readonly WhisperEngine engine;
    private readonly RecognitionRequest request;
    private readonly Action<RecognitionResult> onResult;
    private readonly AnswerMatcher answers;
    private readonly UtteranceAudio audio;
    private readonly TranscriptWindow window;
    private TranscriptionJob? job;
    private IReadOnlyList<string> languages;
    private string prompt = "";
    private string? detected;
    private int asked;
    private bool probing;
    private bool finishing;
    private bool over;

    public WhisperStream(WhisperEngine engine, RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        this.engine = engine;
        this.request = request;
        this.onResult = onResult;
        answers = new AnswerMatcher(request.Expectation);
        audio = new UtteranceAudio(engine.Options.MaxUtterance);
        window = new TranscriptWindow(audio);
        languages = engine.LanguagesFor(request.Language);
    }

    public void Push(ReadOnlySpan<short> frame)
    {
        lock (guard)
        {
            if (over || finishing || !audio.Add(frame))
                return;
            if (job is { IsCancelled: true })
                (job, probing) = (null, false); // it lost its place
            if (job is null && AudioFormat.ToTime(audio.Count - asked) >= engine.Options.InterimInterval && audio.VoicedSince(asked) >= LeastVoice)
                Submit(TranscriptionKind.Interim);
        }
    }

    public void Probe()
    {
        lock (guard)
        {
            if (over || finishing)
                return;
            if (window.IsUpToDate || audio.VoicedSince(0) < LeastVoice)
                onResult(Conclusion() with { IsFinal = false, IsProbe = true });
            else
                probing = Await(TranscriptionKind.Probe);
        }
    }

    public void Finish()
    {
        lock (guard)
        {
            if (over || finishing)
                return;
            finishing = true;
            if (window.IsUpToDate || audio.VoicedSince(0) < LeastVoice)
                Conclude(Conclusion());
            else
                Await(TranscriptionKind.Final);
        }
    }

    public void Dispose()
    {
        lock (guard)
        {
            over = true;
            Withdraw();
        }
    }

    /// <summary>Waits for the transcription under way where it holds all that was spoken; otherwise asks for one that does.</summary>
    private bool Await(TranscriptionKind kind)
    {
        if (job is { IsCancelled: false } running && window.IsEnough(running.Covers))
            return true;
        Withdraw();
        if (kind == TranscriptionKind.Final)
            window.Slide(FinalWindow);
        return Submit(kind);
    }

    private void Withdraw()
    {
        var old = job;
        job = null; // first: cancelling may run the rest of it at once
        if (old is not null)
            engine.Pool.Cancel(old);
    }

    private bool Submit(TranscriptionKind kind)
    {
        asked = audio.Count;
        job = new TranscriptionJob(kind, RunAsync, new CancellationTokenSource());
        if (engine.Pool.TrySubmit(job))
            return true;
        job = null;
        if (finishing)
            Fail($"Whisper has more to do than it can ({engine.Options.MaxWaiting} utterances wait): raise its parallel, take a smaller model, or take fewer calls.");
        return false;
    }

    private async Task RunAsync(TranscriptionJob mine)
    {
        try
        {
            ReadOnlyMemory<float> samples;
            TranscriptQuery query;
            int start;
            lock (guard)
            {
                if (job != mine)
                    return;
                start = window.Start;
                samples = audio.From(start);
                samples = samples[..Math.Min(samples.Length, Longest)];
                mine.Covers = start + samples.Length;
                prompt = engine.Options.Prompt ? PromptWriter.Write(request.Expectation, window.Before) : PromptWriter.Write(Expectation.Nothing, window.Before);
                query = new TranscriptQuery(languages, prompt);
            }
            var transcript = await engine.Transcriber.TranscribeAsync(samples, query, mine.Token).ConfigureAwait(false);
            lock (guard)
                if (job == mine)
                    Take(transcript, mine, start);
        }
        catch (OperationCanceledException) when (mine.IsCancelled)
        {
            // nobody wants it any more
        }
        catch (Exception e)
        {
            // Whatever a provider throws must not end the worker that all calls share.
            lock (guard)
                // None: what to do with the transcript failed, and nothing else will end the utterance.
                if (job == mine || (job is null && finishing && !over))
                    OnFailure(e);
        }
    }

    private void Take(Transcript transcript, TranscriptionJob mine, int start)
    {
        job = null;
        LearnLanguage(transcript.Language);
        var words = WrittenWords.Of(GhostFilter.Spoken(transcript, engine.Options.NoSpeech), AudioFormat.ToTime(start));
        var hasMoreSettled = window.Add(words, mine.Covers);
        if (mine.Covers - start >= Longest)
            window.Accept();
        if (finishing && !window.IsUpToDate)
            Submit(TranscriptionKind.Final);
        else if (finishing)
            Conclude(Conclusion());
        else if (probing)
            onResult(Conclusion() with { IsFinal = false, IsProbe = true });
        else if (hasMoreSettled)
            onResult(HeardResult.Interim(window.Settled, answers, Language) with { Language = Detected });
        probing = false;
        window.Slide(engine.Options.Window);
    }

    private void OnFailure(Exception e)
    {
        job = null;
        probing = false;
        engine.OnFailure(e);
        if (finishing)
            Fail(e is EngineException ? e.Message : $"{engine.Transcriber.Name} failed: {e.Message}");
    }

    /// <summary>Once enough was heard to tell the language, it is not looked for again in this utterance.</summary>
    private void LearnLanguage(string? spoken)
    {
        if (languages.Count > 1 && spoken is not null && languages.Contains(spoken) && audio.VoicedSince(0) >= TimeSpan.FromSeconds(1))
            languages = [spoken];
        detected = spoken ?? detected;
    }

    private string? Detected => detected is null ? null : engine.TagOf(detected, request.Language);

    private string Language => Detected ?? request.Language;

    private RecognitionResult Conclusion() =>
        HeardResult.Whole(window.Words, answers, Language, audio.VoicedSince(0), prompt, engine.Options) with { Language = Detected };

    private void Fail(string error) => Conclude(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = error });

    private void Conclude(RecognitionResult final)
    {
        over = true;
        Withdraw();
        onResult(final);
    }
}
