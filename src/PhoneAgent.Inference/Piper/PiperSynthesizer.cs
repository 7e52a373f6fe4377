using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Audio;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Piper;

/// <summary>
/// Neural voices in the format of Piper (VITS): phonemes by eSpeak NG, samples by an ONNX model, streamed clause by clause.
/// Gives no word marks. Texts of any kind are accepted; what the voice has no phonemes for is left out. Thread-safe.
/// </summary>
public sealed partial class PiperSynthesizer : ISpeechSynthesizer
{
    /// <summary>100 ms each: far more than the longest text gives at half speed.</summary>
    private const int MaxChunks = 16_384;

    /// <summary>Clauses are put together up to here: alone they sound chopped, and longer the first sound waits.</summary>
    private const int EnoughCharacters = 40;

    private static readonly TimeSpan PauseBetweenSentences = TimeSpan.FromMilliseconds(150);

    private readonly PiperOptions options;
    private readonly PiperVoices voices;
    private readonly PiperPhonemizer phonemizer;
    private readonly SpeechSlots slots;

    /// <exception cref="EngineException">There is no usable voice, or not the configured one.</exception>
    public PiperSynthesizer(PiperOptions options, IOnnxRuntime runtime, ILogger<PiperSynthesizer>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(runtime);
        this.options = options;
        voices = PiperVoices.Open(options, runtime);
        foreach (var problem in voices.Unusable)
            Log.Unusable(logger ?? NullLogger<PiperSynthesizer>.Instance, problem);
        phonemizer = new PiperPhonemizer(options.Espeak);
        slots = new SpeechSlots(options.MaxConcurrent, MaxChunks);
        Voices = voices.List();
    }

    public string Name => "piper";

    public IReadOnlyList<VoiceInfo> Voices { get; }

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
        SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await foreach (var chunk in slots.SpeakAsync((output, stop) => SpeakAsync(request, output, stop), cancellationToken).ConfigureAwait(false))
            yield return chunk;
    }

    /// <summary>Stops what is being spoken and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await slots.DisposeAsync().ConfigureAwait(false);
        voices.Dispose();
    }

    private async Task SpeakAsync(SynthesisRequest request, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        try
        {
            var (voice, speaker) = voices.Find(request.Voice, request.Language);
            var text = request.Text.Length > options.MaxCharacters ? request.Text[..options.MaxCharacters] : request.Text;
            await SpeakAsync(voice, speaker, text, request, new ChunkGatherer(request.GainDb, output), stop).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new EngineException($"espeak-ng broke off: {e.Message}", e);
        }
    }

    private async Task SpeakAsync(
        PiperVoice voice, int speaker, string text, SynthesisRequest request, ChunkGatherer chunks, CancellationToken stop)
    {
        var resampler = new Resampler(voice.Config.SampleRate, AudioFormat.SampleRate);
        var trimmer = new LeadingSilenceTrimmer();
        trimmer.Begin(firstPhone: 0);
        var rate = Math.Clamp(request.Rate, 0.5, 2);
        var paused = new short[(int)(PauseBetweenSentences.TotalSeconds / rate * voice.Config.SampleRate)];
        await foreach (var (phonemes, endsSentence) in PhonemesAsync(text, voice.Config.EspeakVoice, stop).ConfigureAwait(false))
        {
            Add(voice.Speak(phonemes, speaker, rate, stop));
            if (endsSentence)
                Add(paused);
            chunks.Flush();
        }

        void Add(short[] source)
        {
            var samples = new short[resampler.OutputLength(source.Length)];
            resampler.Process(source, samples);
            trimmer.Push(samples, out var leadIn, out var rest);
            chunks.Add(leadIn);
            chunks.Add(rest);
        }
    }

    /// <summary>What is spoken in one run of the model: clauses of one sentence, together long enough.</summary>
    private async IAsyncEnumerable<(string Phonemes, bool EndsSentence)> PhonemesAsync(
        string text, string espeakVoice, [EnumeratorCancellation] CancellationToken stop)
    {
        PiperClause[] clauses = [.. PiperClause.Split(text)];
        var spoken = await phonemizer.PhonemizeAsync(clauses, espeakVoice, stop).ConfigureAwait(false);
        var phonemes = new StringBuilder();
        var characters = 0;
        for (var i = 0; i < clauses.Length; i++)
        {
            phonemes.Append(spoken[i]);
            characters += clauses[i].Text.Length;
            var isLast = i == clauses.Length - 1;
            if (!isLast && !clauses[i].EndsSentence && characters < EnoughCharacters)
                continue;
            if (phonemes.Length > 0)
                yield return (phonemes.ToString(), clauses[i].EndsSentence);
            (characters, phonemes) = (0, phonemes.Clear());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A Piper voice cannot be used: {Problem}")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
