namespace PhoneAgent.Inference.Whisper;

/// <summary>How a Whisper model hears. One record a provider.</summary>
public sealed record WhisperOptions
{
    /// <summary>A name of models/manifest.json (`phoneagent models pull whisper-base.en`), or the path of a ggml file.</summary>
    public string Model { get; init; } = "whisper-base.en";

    /// <summary>Transcriptions at the same time, of all calls together; each further one costs some 100 to 500 MB. 1–64.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Threads of one transcription; 0: the machine's cores shared by <see cref="Parallel"/>.</summary>
    public int Threads { get; init; }

    /// <summary>The graphics processor is used where the native library can.</summary>
    public bool Gpu { get; init; } = true;

    /// <summary>
    /// The encoder sees only as much as was spoken instead of always 30 s: several times faster on short answers, at some cost
    /// in accuracy that depends on the model. Try it with your own callers.
    /// </summary>
    public bool ShortContext { get; init; }

    /// <summary>BCP 47 tags that callers may speak beside the agent's own; the model finds out which. Empty: the agent's only.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The expected answers are given to the model as text that came before, which makes their words likely.</summary>
    public bool Prompt { get; init; } = true;

    /// <summary>Audio between two interim results.</summary>
    public TimeSpan InterimInterval { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Transcriptions that may wait for a free place; beyond it interims are dropped first, then probes, and a final fails.</summary>
    public int MaxWaiting { get; init; } = 32;

    /// <summary>Speech beyond this is not heard; keeps memory and the time of a final result bounded.</summary>
    public TimeSpan MaxUtterance { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Audio that is transcribed at once; what is older is let go at a pause. Up to 28 s: Whisper hears 30.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Words less probable than this are refused.</summary>
    public double RejectBelow { get; init; } = 0.3;

    /// <summary>A stretch that the model takes for no speech with more than this, and is unsure of, has no words.</summary>
    public double NoSpeech { get; init; } = 0.6;

    /// <summary>What is wrong with the values, each a sentence that begins with the key.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Model))
            yield return "model: name a model, e.g. whisper-base.en, or give the path of a ggml file.";
        if (Parallel is < 1 or > 64)
            yield return $"parallel: {Parallel} is not within 1 to 64.";
        if (Threads is < 0 or > 256)
            yield return $"threads: {Threads} is not within 0 (shared evenly) to 256.";
        if (MaxWaiting is < 1 or > 10_000)
            yield return $"max_waiting: {MaxWaiting} is not within 1 to 10000.";
        if (InterimInterval < TimeSpan.FromMilliseconds(100) || InterimInterval > TimeSpan.FromSeconds(10))
            yield return $"interim_interval: {InterimInterval.TotalMilliseconds} ms is not within 100 ms to 10 s.";
        if (MaxUtterance < TimeSpan.FromSeconds(1) || MaxUtterance > TimeSpan.FromMinutes(10))
            yield return $"max_utterance: {MaxUtterance.TotalSeconds} s is not within 1 s to 10 min.";
        if (Window < TimeSpan.FromSeconds(3) || Window > TimeSpan.FromSeconds(28))
            yield return $"window: {Window.TotalSeconds} s is not within 3 to 28 s.";
        if (RejectBelow is not (>= 0 and <= 1))
            yield return $"reject_below: {RejectBelow} is not a probability.";
        if (NoSpeech is not (>= 0 and <= 1))
            yield return $"no_speech: {NoSpeech} is not a probability.";
    }
}
