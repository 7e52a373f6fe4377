using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Grammar;
using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// The search of one utterance. While the caller speaks, cepstra go to the decoder every 100 ms with a mean that is still a
/// guess, which gives the interims.
/// </summary>
internal sealed class Utterance
{
    private const int InterimFrames = 10;

    private readonly PooledDecoder engine;
    private readonly CompiledGrammar grammar;
    private readonly long maxFrames;
    private readonly float[] mean = new float[CepstrumFrontEnd.Dimension];
    private readonly List<SphinxSegment> segments = [];
    private float[] normalised = new float[InterimFrames * 2 * CepstrumFrontEnd.Dimension];
    private int processed;
    private string? lastInterim;

    /// <exception cref="Conversation.EngineException">The decoder refuses the grammar.</exception>
    public Utterance(PooledDecoder engine, CompiledGrammar grammar, PocketSphinxOptions options)
    {
        this.engine = engine;
        this.grammar = grammar;
        maxFrames = (long)(options.MaxUtterance.TotalSeconds * CepstrumFrontEnd.FramesPerSecond);
        engine.Use(grammar);
        engine.FrontEnd.Start();
        engine.Decoder.Start(grammar.Name);
    }

    /// <summary>An interim result when the words changed.</summary>
    public RecognitionResult? Push(ReadOnlySpan<short> frame)
    {
        if (engine.FrontEnd.FrameCount >= maxFrames)
            return null;
        engine.FrontEnd.Push(frame);
        if (engine.FrontEnd.FrameCount - processed < InterimFrames)
            return null;
        Search();
        var text = engine.Decoder.Hypothesis(out _);
        if (text is null || text == lastInterim)
            return null;
        lastInterim = text;
        return Describe(final: false, probe: false);
    }

    public RecognitionResult Conclude(bool final)
    {
        Search();
        if (final)
            engine.Decoder.End();
        return Describe(final, probe: !final);
    }

    private void Search()
    {
        var fresh = engine.FrontEnd.Frames[(processed * CepstrumFrontEnd.Dimension)..];
        if (fresh.Length == 0)
            return;
        if (normalised.Length < fresh.Length)
            normalised = new float[fresh.Length * 2];
        CepstralMean.Estimate(engine.FrontEnd.Frames, priorFrames: 100, mean);
        CepstralMean.Subtract(fresh, mean, normalised);
        engine.Decoder.Process(normalised.AsSpan(0, fresh.Length));
        processed = engine.FrontEnd.FrameCount;
    }

    private RecognitionResult Describe(bool final, bool probe)
    {
        engine.Decoder.ReadSegments(segments);
        var words = segments.Where(s => !s.IsFiller).ToList();
        if (words.Count == 0)
            return new RecognitionResult { IsFinal = final, IsProbe = probe, Outcome = RecognitionOutcome.Empty };
        var match = grammar.Answers.Match(words.Select(w => w.Word));
        var heard = words.Where(w => !GrammarCompiler.Hesitations.Contains(w.Word)).ToList();
        return new RecognitionResult
        {
            IsFinal = final,
            IsProbe = probe,
            Outcome = !final || match.IsComplete ? RecognitionOutcome.Recognized : RecognitionOutcome.Rejected,
            Text = string.Join(' ', heard.Select(w => w.Word)),
            Confidence = 1,
            Tag = match.Tag,
            IsCompleteAnswer = match.IsComplete,
            Words = [.. heard.Select(w => new RecognizedWord(w.Word, Time(w.Start), Time(w.End + 1), 1))],
        };
    }

    private static TimeSpan Time(int frame) => AudioFormat.ToTime((long)frame * (AudioFormat.SampleRate / CepstrumFrontEnd.FramesPerSecond));
}
