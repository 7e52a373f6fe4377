using System.Runtime.InteropServices;
using System.Text;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>One native decoder: takes cepstra, searches the chosen grammar. Not thread-safe.</summary>
internal sealed unsafe class SphinxDecoder : IDisposable
{
    public const string Phones = "_phones";

    /// <summary>The engine's usual weight of the grammar's probabilities against the sound.</summary>
    private const float LanguageWeight = 6.5f;

    private readonly DecoderHandle decoder;
    private readonly HashSet<string> words = new(StringComparer.Ordinal);
    private bool started;

    private SphinxDecoder(DecoderHandle decoder) => this.decoder = decoder;

    /// <exception cref="EngineException">The model cannot be read.</exception>
    public static SphinxDecoder Create(SphinxConfig config, string modelFolder)
    {
        var handle = config.CreateDecoder()
            ?? throw new EngineException($"PocketSphinx cannot read the model in {modelFolder}: run `apt-get install --reinstall pocketsphinx-en-us`.");
        return new SphinxDecoder(handle);
    }

    /// <summary>Adds the search <see cref="Phones"/>: any phones in any order, as likely as the model's phone bigrams say.</summary>
    /// <exception cref="EngineException">The model of the phones' order cannot be read.</exception>
    public void AddPhoneLoop(string modelFolder)
    {
        if (SphinxNative.ps_set_allphone_file(decoder, Phones, Path.Combine(modelFolder, "en-us-phone.lm.bin")) < 0)
            throw new EngineException($"PocketSphinx cannot read {modelFolder}/en-us-phone.lm.bin: run `apt-get install --reinstall pocketsphinx-en-us`.");
    }

    /// <summary>Makes a word known; the first pronunciation is the usual one. A grammar that uses it must be added afterwards.</summary>
    public void AddWord(string word, IReadOnlyList<string> pronunciations)
    {
        if (!words.Add(word))
            return;
        for (var i = 0; i < pronunciations.Count; i++)
            _ = SphinxNative.ps_add_word(decoder, i == 0 ? word : $"{word}({i + 1})", pronunciations[i], update: 0);
    }

    /// <exception cref="EngineException">A word is unknown.</exception>
    public void AddGrammar(string name, string fsg)
    {
        var bytes = Encoding.ASCII.GetBytes(fsg);
        fixed (byte* buffer = bytes)
        {
            var file = SphinxNative.fmemopen(buffer, (nuint)bytes.Length, "r");
            var grammar = SphinxNative.fsg_model_read(file, SphinxNative.ps_get_logmath(decoder), LanguageWeight);
            _ = SphinxNative.fclose(file);
            if (grammar == IntPtr.Zero)
                throw new EngineException($"PocketSphinx cannot read the grammar {name} ({bytes.Length} bytes).");
            var result = SphinxNative.ps_set_fsg(decoder, name, grammar);
            _ = SphinxNative.fsg_model_free(grammar);
            if (result < 0)
                throw new EngineException($"PocketSphinx refuses the grammar {name}: a word has no pronunciation.");
        }
    }

    public void RemoveGrammar(string name) => _ = SphinxNative.ps_unset_search(decoder, name);

    public void Start(string search)
    {
        End();
        if (SphinxNative.ps_set_search(decoder, search) < 0 || SphinxNative.ps_start_utt(decoder) < 0)
            throw new EngineException($"PocketSphinx cannot start the search {search}.");
        started = true;
    }

    /// <summary>Takes normalised cepstra, any number of frames.</summary>
    public void Process(ReadOnlySpan<float> cepstra)
    {
        var count = cepstra.Length / CepstrumFrontEnd.Dimension;
        if (count == 0)
            return;
        const int Chunk = 128;
        var rows = stackalloc float*[Chunk];
        fixed (float* first = cepstra)
        {
            for (var done = 0; done < count; done += Chunk)
            {
                var n = Math.Min(Chunk, count - done);
                for (var i = 0; i < n; i++)
                    rows[i] = first + ((done + i) * CepstrumFrontEnd.Dimension);
                if (SphinxNative.ps_process_cep(decoder, rows, n, noSearch: 0, fullUtterance: 0) < 0)
                    throw new EngineException("PocketSphinx failed while searching.");
            }
        }
    }

    /// <summary>No more frames; the results stay readable until the next <see cref="Start"/>.</summary>
    public void End()
    {
        if (started)
            _ = SphinxNative.ps_end_utt(decoder);
        started = false;
    }

    /// <summary>The best words up to now, null when there are none. After <see cref="End"/> only what the grammar holds as a whole.</summary>
    public string? Hypothesis(out int score)
    {
        var text = SphinxNative.ps_get_hyp(decoder, out score);
        return text is null ? null : Marshal.PtrToStringUTF8((IntPtr)text);
    }

    /// <summary>Replaces the content of <paramref name="segments"/> by the best path's words or phones, silence included.</summary>
    public void ReadSegments(List<SphinxSegment> segments)
    {
        segments.Clear();
        for (var s = SphinxNative.ps_seg_iter(decoder); s != IntPtr.Zero; s = SphinxNative.ps_seg_next(s))
        {
            SphinxNative.ps_seg_frames(s, out var start, out var end);
            _ = SphinxNative.ps_seg_prob(s, out var acoustic, out var language, out _);
            segments.Add(new SphinxSegment(Marshal.PtrToStringUTF8((IntPtr)SphinxNative.ps_seg_word(s)) ?? "", start, end, acoustic, language));
        }
    }

    public void Dispose() => decoder.Dispose();
}

/// <summary>A word or phone of a path.</summary>
/// <param name="Text">With the number of the pronunciation, e.g. <c>the(2)</c>; silence and noise as <c>&lt;sil&gt;</c>, <c>[NOISE]</c>.</param>
/// <param name="Start">First frame of 10 ms.</param>
/// <param name="End">Last frame.</param>
/// <param name="AcousticScore">Log likelihood of its frames, base 1.0001, relative to the best of each frame.</param>
internal readonly record struct SphinxSegment(string Text, int Start, int End, int AcousticScore, int LanguageScore)
{
    public int Frames => End - Start + 1;

    public bool IsFiller => Text.Length == 0 || Text[0] is '<' or '[' or '(' || Text == "SIL" || Text[0] == '+';

    /// <summary>The word without the number of its pronunciation.</summary>
    public string Word => Text.IndexOf('(', StringComparison.Ordinal) is > 0 and var i ? Text[..i] : Text;
}
