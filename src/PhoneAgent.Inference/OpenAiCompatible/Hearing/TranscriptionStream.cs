using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.Whisper;

namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

/// <summary>
/// One utterance. At most one upload is in flight: a probe takes the place of an interim, the final of both, unless a probe has
/// heard everything already. Results are given on under the lock, so that none follows a dispose or a final one.
/// </summary>
internal sealed class TranscriptionStream : IRecognitionStream
{
    /// <summary>Less voice than this is a click or a breath: not worth an interim.</summary>
    private static readonly TimeSpan MinVoice = TimeSpan.FromMilliseconds(300);

    /// <summary>No word is as short: so much more does not make a result old.</summary>
    private static readonly TimeSpan Click = TimeSpan.FromMilliseconds(40);

    /// <summary>A long utterance is uploaded again no sooner than it has grown by this part of itself.</summary>
    private const int GrowthPart = 5;

    private readonly Lock gate = new();
    private readonly TranscriptionRequest server;
    private readonly OpenAiTranscriptionOptions options;
    private readonly RecognitionRequest request;
    private readonly Action<RecognitionResult> onResult;
    private readonly UploadTasks uploads;
    private readonly TimeProvider time;
    private readonly UtteranceAudio audio;
    private readonly AnswerMatcher answers;
    private readonly string prompt;
    private Upload? current;
    private Upload? probe; // the latest that may serve as the final
    private int asked; // samples that the latest upload had
    private TimeSpan slowest;
    private string lastInterim = "";
    private bool finished;
    private bool over;

    private enum Purpose
    {
        Interim,
        Probe,
        Final,
    }

    private sealed class Upload(Purpose purpose, int samples, TimeSpan voiced, CancellationToken life)
    {
        public Purpose Purpose { get; set; } = purpose;
        public int Samples { get; } = samples;
        public TimeSpan Voiced { get; } = voiced;
        public CancellationTokenSource Cancel { get; } = CancellationTokenSource.CreateLinkedTokenSource(life);
        public RecognitionResult? Result { get; set; }
        public bool HasFailed { get; set; }
    }

    public TranscriptionStream(TranscriptionRequest server, OpenAiTranscriptionOptions options, RecognitionRequest request, Action<RecognitionResult> onResult,
        UploadTasks uploads, TimeProvider time)
    {
        (this.server, this.options, this.request, this.onResult, this.uploads, this.time) = (server, options, request, onResult, uploads, time);
        audio = new UtteranceAudio(options.MaxUtterance);
        answers = new AnswerMatcher(request.Expectation);
        prompt = options.SendsPrompt ? PromptWriter.Write(request.Expectation, []) : "";
    }

    public void Push(ReadOnlySpan<short> frame)
    {
        lock (gate)
        {
            if (over || finished || !audio.Add(frame) || options.InterimEvery <= TimeSpan.Zero || current is { Purpose: Purpose.Interim })
                return;
            // A probe that is still on its way when so much more was said is stale.
            var grown = AudioFormat.ToTime(audio.Count - asked);
            if (grown >= InterimPause() && audio.VoicedSince(asked) >= MinVoice)
                Begin(Purpose.Interim);
        }
    }

    public void Probe()
    {
        lock (gate)
        {
            if (over || finished || audio.Count == 0 || HeardAll(current))
                return;
            if (probe is { Result: { } result } && HeardAll(probe))
                onResult(AsProbe(result));
            else
                probe = Begin(Purpose.Probe);
        }
    }

    public void Finish()
    {
        lock (gate)
        {
            if (over || finished)
                return;
            finished = true;
            if (audio.Count == 0)
                Conclude(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty });
            else if (probe is { Result: { } result } && HeardAll(probe))
                Conclude(result with { IsFinal = true });
            else if (current is { Purpose: Purpose.Probe, HasFailed: false } && HeardAll(current))
                current.Purpose = Purpose.Final; // it is on its way already
            else
                Begin(Purpose.Final);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            over = true;
            Abandon();
        }
    }

    /// <summary>Nothing but silence, or a click, came after it.</summary>
    private bool HeardAll(Upload? upload) =>
        upload is { Purpose: not Purpose.Interim } && audio.VoicedSince(upload.Samples) <= Click;

    private TimeSpan InterimPause()
    {
        var growth = AudioFormat.ToTime(audio.Count / GrowthPart);
        var pause = growth > options.InterimEvery ? growth : options.InterimEvery;
        return pause > 2 * slowest ? pause : 2 * slowest;
    }

    private Upload Begin(Purpose purpose)
    {
        Abandon();
        var upload = new Upload(purpose, audio.Count, audio.VoicedSince(0), uploads.Life);
        (current, asked) = (upload, audio.Count);
        var samples = audio.From(0);
        uploads.Run(() => RunAsync(upload, samples));
        return upload;
    }

    private void Abandon()
    {
        var old = current;
        current = null; // first: what it still does is nobody's business
        old?.Cancel.Cancel();
    }

    private async Task RunAsync(Upload upload, ReadOnlyMemory<float> samples)
    {
        long begun = time.GetTimestamp();
        try
        {
            var transcript = await server.SendAsync(samples, request, prompt, text => OnText(upload, text), upload.Cancel.Token).ConfigureAwait(false);
            lock (gate)
            {
                slowest = time.GetElapsedTime(begun);
                OnTranscript(upload, transcript);
            }
        }
        catch (Exception e)
        {
            // Whatever it is, the utterance must end with a result.
            lock (gate)
                OnFailure(upload, e);
        }
        finally
        {
            lock (gate)
            {
                if (current == upload)
                    current = null;
                upload.Cancel.Dispose();
            }
        }
    }

    private void OnText(Upload upload, string text)
    {
        lock (gate)
        {
            if (upload == current && !over && upload.Purpose != Purpose.Probe)
                EmitInterim(Understand(new ServerTranscript(text, null, null), upload.Voiced));
        }
    }

    private void OnTranscript(Upload upload, ServerTranscript transcript)
    {
        if (over || upload != current)
            return; // another took its place, or nobody listens any more
        upload.Result = Understand(transcript, upload.Voiced);
        switch (upload.Purpose)
        {
            case Purpose.Final:
                Conclude(upload.Result with { IsFinal = true });
                break;
            case Purpose.Probe:
                onResult(AsProbe(upload.Result));
                break;
            default:
                EmitInterim(upload.Result);
                break;
        }
    }

    private void EmitInterim(RecognitionResult result)
    {
        if (result.Outcome != RecognitionOutcome.Recognized || result.Text == lastInterim)
            return;
        lastInterim = result.Text;
        onResult(result with { IsFinal = false });
    }

    private void OnFailure(Upload upload, Exception e)
    {
        upload.HasFailed = true;
        // What was only a guess may fail; the final one asks again.
        if (over || upload != current || upload.Purpose != Purpose.Final)
            return;
        Conclude(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Failed, Error = Reason(e), Failure = e as ProviderException });
    }

    private string Reason(Exception e) => e switch
    {
        EngineException => e.Message,
        OperationCanceledException => $"{options.Server.Name} was closed.",
        _ => $"{options.Server.Name} failed: {e.GetType().Name}.",
    };

    private void Conclude(RecognitionResult final)
    {
        over = true;
        onResult(final);
    }

    private RecognitionResult Understand(ServerTranscript transcript, TimeSpan voiced)
    {
        var empty = new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty, Language = transcript.Language };
        var match = answers.Match(transcript.Text, transcript.Language ?? request.Language);
        double confidence = transcript.Confidence ?? options.UsualConfidence;
        if (voiced == TimeSpan.Zero || match.Words.Count == 0 || (match.Tag is null && GhostFilter.IsGhost(match.Words, voiced, confidence, prompt)))
            return empty;
        bool isSure = confidence >= options.RejectBelow;
        return empty with
        {
            Outcome = isSure ? RecognitionOutcome.Recognized : RecognitionOutcome.Rejected,
            Text = match.Text,
            Confidence = confidence,
            Tag = isSure ? match.Tag : null,
            IsCompleteAnswer = isSure && match.Tag is not null,
        };
    }

    private static RecognitionResult AsProbe(RecognitionResult result) => result with { IsFinal = false, IsProbe = true };
}
