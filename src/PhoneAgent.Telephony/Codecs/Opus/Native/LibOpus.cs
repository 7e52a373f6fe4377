using System.Runtime.InteropServices;

namespace PhoneAgent.Telephony.Codecs.Opus.Native;

/// <summary>The functions of libopus 1.x (opus.h), by function pointers. Loaded once and never unloaded.</summary>
internal sealed unsafe class LibOpus
{
    public const int ApplicationVoip = 2048;
    public const int SetBitRate = 4002;
    public const int SetMaxBandwidth = 4004;
    public const int SetVbr = 4006;
    public const int SetComplexity = 4010;
    public const int SetInbandFec = 4012;
    public const int SetPacketLoss = 4014;
    public const int SetDtx = 4016;
    public const int SetSignal = 4024;
    public const int SignalVoice = 3001;
    public const int BandwidthNarrow = 1101;
    public const int BandwidthWide = 1103;

    private static readonly string[] FileNames = OperatingSystem.IsWindows() ? ["opus.dll", "libopus-0.dll"]
        : OperatingSystem.IsMacOS() ? ["libopus.0.dylib", "/opt/homebrew/lib/libopus.0.dylib"]
        : ["libopus.so.0"];

    /// <summary>opus_encoder_ctl is variadic: Apple's ABI for arm64 puts such arguments on the stack, behind the eight registers.</summary>
    private static readonly bool VariadicOnStack = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public readonly delegate* unmanaged[Cdecl]<int, int, int, int*, nint> CreateEncoder;
    public readonly delegate* unmanaged[Cdecl]<nint, short*, int, byte*, int, int> Encode;
    public readonly delegate* unmanaged[Cdecl]<nint, void> DestroyEncoder;
    public readonly delegate* unmanaged[Cdecl]<int, int, int*, nint> CreateDecoder;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int, short*, int, int, int> Decode;
    public readonly delegate* unmanaged[Cdecl]<nint, void> DestroyDecoder;
    private readonly nint _control;

    private LibOpus(nint handle)
    {
        nint Export(string name) => NativeLibrary.GetExport(handle, name);
        CreateEncoder = (delegate* unmanaged[Cdecl]<int, int, int, int*, nint>)Export("opus_encoder_create");
        Encode = (delegate* unmanaged[Cdecl]<nint, short*, int, byte*, int, int>)Export("opus_encode");
        DestroyEncoder = (delegate* unmanaged[Cdecl]<nint, void>)Export("opus_encoder_destroy");
        CreateDecoder = (delegate* unmanaged[Cdecl]<int, int, int*, nint>)Export("opus_decoder_create");
        Decode = (delegate* unmanaged[Cdecl]<nint, byte*, int, short*, int, int, int>)Export("opus_decode");
        DestroyDecoder = (delegate* unmanaged[Cdecl]<nint, void>)Export("opus_decoder_destroy");
        _control = Export("opus_encoder_ctl");
        Version = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)Export("opus_get_version_string"))()) ?? "libopus";
    }

    /// <summary>"libopus 1.4".</summary>
    public string Version { get; }

    /// <summary>Null where it is not installed, or too old to have these functions.</summary>
    public static LibOpus? TryLoad()
    {
        foreach (var name in FileNames)
        {
            if (!NativeLibrary.TryLoad(name, out var handle))
                continue;
            try
            {
                return new LibOpus(handle);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(handle);
            }
        }
        return null;
    }

    /// <exception cref="InvalidOperationException">The library refuses a value: a defect of ours.</exception>
    public void Control(nint encoder, int request, int value)
    {
        var result = VariadicOnStack
            ? ((delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint, nint, nint, nint, nint, int>)_control)(encoder, request, 0, 0, 0, 0, 0, 0, value)
            : ((delegate* unmanaged[Cdecl]<nint, int, int, int>)_control)(encoder, request, value);
        if (result < 0)
            throw new InvalidOperationException($"{Version} refuses request {request} with {value}: error {result}.");
    }
}
