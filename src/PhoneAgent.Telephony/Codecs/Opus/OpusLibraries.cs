using PhoneAgent.Telephony.Codecs.Opus.Native;
#if WITH_CONCENTUS
using PhoneAgent.Telephony.Codecs.Opus.Managed;
#endif

namespace PhoneAgent.Telephony.Codecs.Opus;

/// <summary>Which implementations of Opus there are in this build and on this machine.</summary>
public static class OpusLibraries
{
    /// <summary>The preferred one first: the package where it was compiled in, then the system's library where it loads. Empty without either.</summary>
    public static IReadOnlyList<IOpusLibrary> Present { get; } = Find();

    /// <summary>Null when it is not here.</summary>
    public static IOpusLibrary? Find(OpusLibraryName name) => name switch
    {
        OpusLibraryName.Auto => Present.Count > 0 ? Present[0] : null,
        OpusLibraryName.Libopus => Present.OfType<NativeOpusLibrary>().FirstOrDefault(),
        _ => Present.FirstOrDefault(library => library is not NativeOpusLibrary),
    };

    private static List<IOpusLibrary> Find()
    {
        var found = new List<IOpusLibrary>();
#if WITH_CONCENTUS
        found.Add(new ConcentusLibrary());
#endif
        if (LibOpus.TryLoad() is { } native)
            found.Add(new NativeOpusLibrary(native));
        return found;
    }
}
