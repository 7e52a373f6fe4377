using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Grammar;
using PhoneAgent.Inference.PocketSphinx.Native;
using PhoneAgent.Inference.PocketSphinx.Rejection;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// The search of one utterance. While the caller speaks, cepstra go to the decoder every 100 ms with a mean that is still a
/// guess, which gives the interims. To conclude, the whole utterance is searched again with its own mean, once by the
/// grammar and once by free phones, and the two are compared.
/// </summary>
internal sealed class Utterance
{
    private const int InterimFrames = 10;

    /// <summary>Frames of the usual mean that the running one is blended with.</summary>
    private const float PriorFrames = 100;

    /// <summary>Fewer frames of phones than this are a click or a breath.</summary>
    private const int MinVoicedFrames = 8;

    private readonly PooledDecoder engine;
    private readonly CompiledGrammar grammar;
    private readonly PocketSphinxOptions options;
    private readonly long maxFrames;
    private readonly float[] mean = new float[CepstrumFrontEnd.Dimension];
    private readonly List<SphinxSegment> words = [];
    private readonly List<SphinxSegment> phones = [];
    private readonly Evidence evidence = new();
    private readonly double[] features = new double[Evidence.Names.Length];
    private float[] normalised = new float[CepstrumFrontEnd.FramesPerSecond * 4 * CepstrumFrontEnd.Dimension];
    private int searched;
    private bool live = true;
    private string? lastInterim;
    private RecognitionResult? concluded;
    private int concludedFrames;

    /// <exception cref="Conversation.EngineException">The decoder refuses the grammar.</exception>
    public Utterance(PooledDecoder engine, CompiledGrammar grammar, PocketSphinxOptions options)
    {
        this.engine = engine;
        this.grammar = grammar;
        this.options = options;
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
        if (engine.FrontEnd.FrameCount - searched < InterimFrames || (concluded is not null && IsQuietSince(concludedFrames)))
            return null;
        Search();
        engine.Decoder.ReadSegments(words);
        var heard = Heard();
        var text = Text(heard);
        if (heard.Count == 0 || text == lastInterim)
            return null;
        lastInterim = text;
        var match = grammar.Answers.Match(words.Where(w => !w.IsFiller).Select(w => w.Word));
        return new RecognitionResult
        {
            IsFinal = false, Outcome = RecognitionOutcome.Recognized, Text = text, Tag = match.Tag, IsCompleteAnswer = match.IsComplete,
            Confidence = options.InterimConfidence,
        };
    }

    public RecognitionResult Conclude(bool final)
    {
        if (concluded is null || !IsQuietSince(concludedFrames))
        {
            concluded = SearchAgain();
            concludedFrames = engine.FrontEnd.FrameCount;
        }
        return concluded with { IsFinal = final, IsProbe = !final };
    }

    private void Search()
    {
        if (!live)
        {
            engine.Decoder.Start(grammar.Name);
            (live, searched) = (true, 0);
        }
        var fresh = engine.FrontEnd.Frames[(searched * CepstrumFrontEnd.Dimension)..];
        CepstralMean.Estimate(engine.FrontEnd.Frames, PriorFrames, mean);
        engine.Decoder.Process(Normalise(fresh));
        searched = engine.FrontEnd.FrameCount;
    }

    private RecognitionResult SearchAgain()
    {
        live = false;
        searched = engine.FrontEnd.FrameCount;
        var frames = engine.FrontEnd.Frames;
        if (frames.Length == 0)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty };
        CepstralMean.Estimate(frames, priorFrames: 0, mean);
        var cepstra = Normalise(frames);

        engine.Decoder.Start(SphinxDecoder.Phones);
        engine.Decoder.Process(cepstra);
        engine.Decoder.End();
        engine.Decoder.ReadSegments(phones);
        if (phones.Where(p => !p.IsFiller).Sum(p => p.Frames) < MinVoicedFrames)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty };

        engine.Decoder.Start(grammar.Name);
        engine.Decoder.Process(cepstra);
        engine.Decoder.End();
        if (engine.Decoder.Hypothesis(out _) is null)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Rejected };
        engine.Decoder.ReadSegments(words);
        return Judge();
    }

    private RecognitionResult Judge()
    {
        var match = grammar.Answers.Match(words.Where(w => !w.IsFiller).Select(w => w.Word));
        var heard = Heard();
        if (heard.Count == 0 || !match.IsComplete)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Rejected };
        evidence.Extract(words, phones, grammar.Pronounce, features);
        var probability = AnswerClassifier.Probability(features);
        var accepted = probability >= options.RejectBelow;
        return new RecognitionResult
        {
            IsFinal = true,
            Outcome = accepted ? RecognitionOutcome.Recognized : RecognitionOutcome.Rejected,
            Text = Text(heard),
            Confidence = probability,
            Tag = accepted ? match.Tag : null,
            IsCompleteAnswer = accepted,
            Words = [.. heard.Select(w => new RecognizedWord(w.Word, Time(w.Start), Time(w.End + 1), probability))],
        };
    }

    /// <summary>Nothing louder than halfway between the line and the voice has come since that frame.</summary>
    private bool IsQuietSince(int frame)
    {
        var frames = engine.FrontEnd.Frames;
        float quietest = float.MaxValue, loudest = float.MinValue, recent = float.MinValue;
        for (var i = 0; i < frames.Length; i += CepstrumFrontEnd.Dimension)
        {
            quietest = Math.Min(quietest, frames[i]);
            loudest = Math.Max(loudest, frames[i]);
            if (i >= frame * CepstrumFrontEnd.Dimension)
                recent = Math.Max(recent, frames[i]);
        }
        return recent < (quietest + loudest) / 2;
    }

    private Span<float> Normalise(ReadOnlySpan<float> frames)
    {
        if (normalised.Length < frames.Length)
            normalised = new float[frames.Length * 2];
        CepstralMean.Subtract(frames, mean, normalised);
        return normalised.AsSpan(0, frames.Length);
    }

    private List<SphinxSegment> Heard() => [.. words.Where(w => !w.IsFiller && !GrammarCompiler.Hesitations.Contains(w.Word))];

    private static string Text(List<SphinxSegment> heard) => string.Join(' ', heard.Select(w => w.Word));

    private static TimeSpan Time(int frame) => AudioFormat.ToTime((long)frame * (AudioFormat.SampleRate / CepstrumFrontEnd.FramesPerSecond));
}
