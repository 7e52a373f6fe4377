using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Grammar;
using PhoneAgent.Inference.PocketSphinx.Native;
using PhoneAgent.Inference.PocketSphinx.Rejection;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// The search of one utterance. While the caller speaks, cepstra go every 100 ms to two decoders: one searches the grammar,
/// which gives the interims, the other any phones in any order. To conclude, the two paths are compared, which costs next to
/// nothing. Speech after a conclusion begins both searches anew.
/// </summary>
internal sealed class Utterance
{
    private const int InterimFrames = 10;

    /// <summary>Fewer frames of phones than this are a click or a breath.</summary>
    private const int MinVoicedFrames = 8;

    private readonly PooledDecoder engine;
    private readonly CompiledGrammar grammar;
    private readonly PocketSphinxOptions options;
    private readonly long maxFrames;
    private readonly LineNormaliser normaliser = new();
    private readonly List<SphinxSegment> words = [];
    private readonly List<SphinxSegment> phones = [];
    private readonly Evidence evidence = new();
    private readonly double[] features = new double[Evidence.Names.Length];
    private int searched;
    private bool ended;
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
        Restart();
    }

    /// <summary>What the latest conclusion rests on; null where nothing was found that the grammar holds.</summary>
    public double[]? Features { get; private set; }

    /// <summary>An interim result when the words changed.</summary>
    public RecognitionResult? Push(ReadOnlySpan<short> frame)
    {
        if (engine.FrontEnd.FrameCount >= maxFrames)
            return null;
        engine.FrontEnd.Push(frame);
        if (engine.FrontEnd.FrameCount - searched < InterimFrames || (ended && IsQuietSince(concludedFrames)))
            return null;
        Search();
        engine.Decoder.ReadSegments(words);
        var heard = Heard();
        var text = Text(heard);
        if (heard.Count == 0 || text == lastInterim)
            return null;
        lastInterim = text;
        var match = Match();
        return new RecognitionResult
        {
            IsFinal = false, Outcome = RecognitionOutcome.Recognized, Text = text, Tag = match.Tag,
            IsCompleteAnswer = match is { IsComplete: true, IsLikelyToGoOn: false }, Confidence = options.InterimConfidence,
        };
    }

    /// <summary>A verdict on everything heard; the same again when only quiet has followed.</summary>
    public RecognitionResult Conclude(bool final)
    {
        if (concluded is null || !IsQuietSince(concludedFrames))
        {
            Search();
            engine.Decoder.End();
            engine.PhoneLoop.End();
            ended = true;
            concludedFrames = searched;
            concluded = Judge();
        }
        var complete = concluded.IsCompleteAnswer && (final || !Match().IsLikelyToGoOn);
        return concluded with { IsFinal = final, IsProbe = !final, IsCompleteAnswer = complete };
    }

    private void Restart()
    {
        engine.Decoder.Start(grammar.Name);
        engine.PhoneLoop.Start(SphinxDecoder.Phones);
        (searched, ended) = (0, false);
    }

    private void Search()
    {
        if (ended)
            Restart();
        var cepstra = normaliser.Normalise(engine.FrontEnd.Frames, searched);
        engine.Decoder.Process(cepstra);
        engine.PhoneLoop.Process(cepstra);
        searched = engine.FrontEnd.FrameCount;
    }

    private RecognitionResult Judge()
    {
        Features = null;
        engine.PhoneLoop.ReadSegments(phones);
        if (phones.Where(p => !p.IsFiller).Sum(p => p.Frames) < MinVoicedFrames)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty };
        if (engine.Decoder.Hypothesis(out _) is null)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Rejected };
        engine.Decoder.ReadSegments(words);
        var match = Match();
        var heard = Heard();
        if (heard.Count == 0 || !match.IsComplete)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Rejected };
        evidence.Extract(words, phones, grammar.Pronounce, features);
        Features = features;
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

    private GrammarMatch Match() => grammar.Answers.Match(words.Where(w => !w.IsFiller).Select(w => w.Word));

    private List<SphinxSegment> Heard() => [.. words.Where(w => !w.IsFiller && !GrammarCompiler.Hesitations.Contains(w.Word))];

    private static string Text(List<SphinxSegment> heard) => string.Join(' ', heard.Select(w => w.Word));

    private static TimeSpan Time(int frame) => AudioFormat.ToTime((long)frame * (AudioFormat.SampleRate / CepstrumFrontEnd.FramesPerSecond));
}
