using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using PhoneAgent.Audio;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Espeak;

/// <summary>Many languages by eSpeak NG, a process per request. Gives no word marks. Thread-safe.</summary>
public sealed class EspeakSynthesizer : ISpeechSynthesizer
{
    private const int WavHeader = 44;
    private const int ReadBytes = 3_072;

    /// <summary>100 ms each; one that is full stops the reading, and the pipe stops the program.</summary>
    private const int MaxChunks = 64;

    private readonly EspeakOptions options;
    private readonly SpeechSlots slots;

    private EspeakSynthesizer(EspeakOptions options, IReadOnlyList<VoiceInfo> voices)
    {
        this.options = options;
        var first = voices.FirstOrDefault(v => v.Id == options.Voice) ?? throw NoVoice(options.Voice);
        Voices = [first, .. voices.Where(v => v != first)];
        slots = new SpeechSlots(options.MaxProcesses, MaxChunks);
    }

    public string Name => "espeak";

    public IReadOnlyList<VoiceInfo> Voices { get; }

    /// <exception cref="EngineException">espeak-ng is not installed, or lacks the configured voice.</exception>
    public static async Task<EspeakSynthesizer> CreateAsync(EspeakOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EspeakSynthesizer(options, await EspeakVoices.ListAsync(options, cancellationToken).ConfigureAwait(false));
    }

    public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
        SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var voice = request.Voice ?? options.Voice;
        if (!Voices.Any(v => v.Id == voice))
            throw NoVoice(voice);
        var text = request.Text.Length > options.MaxCharacters ? request.Text[..options.MaxCharacters] : request.Text;
        if (!text.Any(char.IsLetterOrDigit))
            yield break;
        await foreach (var chunk in slots.SpeakAsync((output, stop) => SpeakAsync(Printable(text), voice, request, output, stop), cancellationToken).ConfigureAwait(false))
            yield return chunk;
    }

    /// <summary>Stops what is being spoken and waits for it.</summary>
    public ValueTask DisposeAsync() => slots.DisposeAsync();

    private async Task SpeakAsync(string text, string voice, SynthesisRequest request, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        try
        {
            var process = EspeakProcess.StartSpeaking(options, voice, Math.Clamp(request.Rate, 0.5, 2));
            await using (process.ConfigureAwait(false))
            {
                await process.WriteTextAsync(text, stop).ConfigureAwait(false);
                await ReadAsync(process.Output, request.GainDb, output, stop).ConfigureAwait(false);
                await process.CheckExitAsync(stop).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            throw new EngineException($"espeak-ng broke off: {e.Message}", e);
        }
    }

    private static async Task ReadAsync(Stream wav, double gainDb, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        var bytes = new byte[ReadBytes];
        var length = await wav.ReadAtLeastAsync(bytes.AsMemory(0, WavHeader), WavHeader, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        if (length == 0)
            return; // nothing to say, or an error that the exit code tells
        var resampler = new Resampler(ParseHeader(bytes.AsSpan(0, length)), AudioFormat.SampleRate);
        var trimmer = new LeadingSilenceTrimmer();
        trimmer.Begin(firstPhone: 0);
        var chunks = new ChunkGatherer(gainDb, output);
        var left = 0;
        int count;
        while ((count = await wav.ReadAsync(bytes.AsMemory(left), stop).ConfigureAwait(false)) > 0)
        {
            count += left;
            left = count % sizeof(short);
            await output.WaitToWriteAsync(stop).ConfigureAwait(false);
            Add(bytes.AsSpan(0, count - left), resampler, trimmer, chunks);
            bytes.AsSpan(count - left, left).CopyTo(bytes);
        }
        await output.WaitToWriteAsync(stop).ConfigureAwait(false);
        chunks.Flush();
    }

    /// <summary>At most <see cref="ReadBytes"/> bytes, which is less than 100 ms: one chunk at most leaves, and there is room for it.</summary>
    private static void Add(ReadOnlySpan<byte> bytes, Resampler resampler, LeadingSilenceTrimmer trimmer, ChunkGatherer chunks)
    {
        var source = MemoryMarshal.Cast<byte, short>(bytes);
        var samples = new short[resampler.OutputLength(source.Length)];
        resampler.Process(source, samples);
        trimmer.Push(samples, out var leadIn, out var rest);
        chunks.Add(leadIn);
        chunks.Add(rest);
    }

    /// <summary>The lengths in the header of a stream mean nothing; its rate does.</summary>
    private static int ParseHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < WavHeader || !header.StartsWith("RIFF"u8) || !header[36..].StartsWith("data"u8)
            || BinaryPrimitives.ReadInt16LittleEndian(header[22..]) != 1 || BinaryPrimitives.ReadInt16LittleEndian(header[34..]) != 16)
            throw new EngineException("espeak-ng gave no 16-bit mono WAV: is it eSpeak NG 1.50 or newer?");
        var rate = BinaryPrimitives.ReadInt32LittleEndian(header[24..]);
        return rate is >= 16_000 and <= 48_000 ? rate : throw new EngineException($"espeak-ng gave a sample rate of {rate} Hz.");
    }

    /// <summary>Control characters are spaces to it.</summary>
    internal static string Printable(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = char.IsControl(source[i]) ? ' ' : source[i];
    });

    private static EngineException NoVoice(string voice) =>
        new($"eSpeak NG has no voice '{voice}': `espeak-ng --voices` lists the languages.");
}
