using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>
/// The functions of libpocketsphinx3 and libsphinxbase3 (0.8+5prealpha, as Debian and Ubuntu carry them) that are used.
/// Scores are integers in sphinxbase's log base 1.0001.
/// </summary>
internal static unsafe partial class SphinxNative
{
    private const string Sphinx = "libpocketsphinx.so.3";
    private const string Base = "libsphinxbase.so.3";

    private static readonly Lock LoadLock = new();
    private static bool loaded;

    /// <exception cref="EngineException">The libraries are not installed.</exception>
    public static void Load()
    {
        lock (LoadLock)
        {
            if (loaded)
                return;
            foreach (var library in new[] { Base, Sphinx })
                if (!NativeLibrary.TryLoad(library, out _))
                    throw new EngineException($"PocketSphinx is not installed ({library} not found): run `apt-get install libpocketsphinx3 pocketsphinx-en-us`.");
            err_set_logfp(IntPtr.Zero); // otherwise every decoder prints its whole configuration
            loaded = true;
        }
    }

    [LibraryImport(Base)]
    private static partial void err_set_logfp(IntPtr file);

    [LibraryImport(Base)]
    public static partial IntPtr cmd_ln_parse_r(IntPtr inOut, IntPtr definitions, int count, IntPtr arguments, int strict);

    [LibraryImport(Base)]
    public static partial int cmd_ln_free_r(IntPtr config);

    [LibraryImport(Sphinx)]
    public static partial IntPtr ps_args();

    [LibraryImport(Sphinx)]
    public static partial IntPtr ps_init(IntPtr config);

    [LibraryImport(Sphinx)]
    public static partial int ps_free(IntPtr decoder);

    [LibraryImport(Sphinx)]
    public static partial IntPtr ps_get_logmath(DecoderHandle decoder);

    [LibraryImport(Sphinx, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ps_add_word(DecoderHandle decoder, string word, string phones, int update);

    [LibraryImport(Sphinx, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ps_set_fsg(DecoderHandle decoder, string name, IntPtr grammar);

    [LibraryImport(Sphinx, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ps_set_allphone_file(DecoderHandle decoder, string name, string? path);

    [LibraryImport(Sphinx, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ps_set_search(DecoderHandle decoder, string name);

    [LibraryImport(Sphinx, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ps_unset_search(DecoderHandle decoder, string name);

    [LibraryImport(Sphinx)]
    public static partial int ps_start_utt(DecoderHandle decoder);

    [LibraryImport(Sphinx)]
    public static partial int ps_end_utt(DecoderHandle decoder);

    [LibraryImport(Sphinx)]
    public static partial int ps_process_cep(DecoderHandle decoder, float** frames, int count, int noSearch, int fullUtterance);

    [LibraryImport(Sphinx)]
    public static partial byte* ps_get_hyp(DecoderHandle decoder, out int score);

    [LibraryImport(Sphinx)]
    public static partial IntPtr ps_seg_iter(DecoderHandle decoder);

    [LibraryImport(Sphinx)]
    public static partial IntPtr ps_seg_next(IntPtr segment);

    [LibraryImport(Sphinx)]
    public static partial byte* ps_seg_word(IntPtr segment);

    [LibraryImport(Sphinx)]
    public static partial void ps_seg_frames(IntPtr segment, out int start, out int end);

    [LibraryImport(Sphinx)]
    public static partial int ps_seg_prob(IntPtr segment, out int acoustic, out int language, out int backOff);

    /// <summary>Reads a grammar from a C stream; it is the caller's to free.</summary>
    [LibraryImport(Base)]
    public static partial IntPtr fsg_model_read(IntPtr file, IntPtr logMath, float languageWeight);

    [LibraryImport(Base)]
    public static partial int fsg_model_free(IntPtr grammar);

    [LibraryImport(Base)]
    public static partial IntPtr fe_init_auto_r(IntPtr config);

    [LibraryImport(Base)]
    public static partial int fe_free(IntPtr frontEnd);

    [LibraryImport(Base)]
    public static partial int fe_start_utt(FrontEndHandle frontEnd);

    [LibraryImport(Base)]
    public static partial int fe_process_frames(
        FrontEndHandle frontEnd, short** samples, nuint* sampleCount, float** frames, int* frameCount, int* frameIndex);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial IntPtr fmemopen(byte* buffer, nuint size, string mode);

    [LibraryImport("libc")]
    public static partial int fclose(IntPtr file);
}

/// <summary>An owned <c>ps_decoder_t</c>.</summary>
internal sealed class DecoderHandle : SafeHandle
{
    public DecoderHandle(IntPtr decoder) : base(IntPtr.Zero, ownsHandle: true) => SetHandle(decoder);

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() => SphinxNative.ps_free(handle) >= 0;
}

/// <summary>An owned <c>fe_t</c>.</summary>
internal sealed class FrontEndHandle : SafeHandle
{
    public FrontEndHandle(IntPtr frontEnd) : base(IntPtr.Zero, ownsHandle: true) => SetHandle(frontEnd);

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() => SphinxNative.fe_free(handle) >= 0;
}

/// <summary>An owned <c>cmd_ln_t</c>: options as the engine's command line takes them.</summary>
internal sealed class SphinxConfig : SafeHandle
{
    private SphinxConfig(IntPtr config) : base(IntPtr.Zero, ownsHandle: true) => SetHandle(config);

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <exception cref="EngineException">An option is refused.</exception>
    public static unsafe SphinxConfig Parse(IReadOnlyList<string> arguments)
    {
        // ps_init reads -hmm and friends later out of copies; the strings are needed only during the call.
        var strings = arguments.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        try
        {
            fixed (IntPtr* pointers = strings)
            {
                var config = SphinxNative.cmd_ln_parse_r(IntPtr.Zero, SphinxNative.ps_args(), strings.Length, (IntPtr)pointers, strict: 1);
                return config != IntPtr.Zero
                    ? new SphinxConfig(config)
                    : throw new EngineException($"PocketSphinx refuses its options: {string.Join(' ', arguments)}.");
            }
        }
        finally
        {
            foreach (var s in strings)
                Marshal.FreeCoTaskMem(s);
        }
    }

    public DecoderHandle? CreateDecoder() =>
        SphinxNative.ps_init(handle) is var decoder && decoder != IntPtr.Zero ? new DecoderHandle(decoder) : null;

    public FrontEndHandle? CreateFrontEnd() =>
        SphinxNative.fe_init_auto_r(handle) is var frontEnd && frontEnd != IntPtr.Zero ? new FrontEndHandle(frontEnd) : null;

    protected override bool ReleaseHandle() => SphinxNative.cmd_ln_free_r(handle) >= 0;
}
