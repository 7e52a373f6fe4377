using PhoneAgent.Telephony.Codecs.Opus;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.Tests.Telephony.Codecs.Opus;

[RequiresOpus("libopus")]
public sealed class NativeOpusContractTests : OpusLibraryContract
{
    protected override IOpusLibrary Library => RequiresOpusAttribute.Find("libopus")!;
}

[RequiresOpus("Concentus")]
public sealed class ConcentusContractTests : OpusLibraryContract
{
    protected override IOpusLibrary Library => RequiresOpusAttribute.Find("Concentus")!;

    // Concentus takes its scratch buffers from the heap: 82 kB a packet, there and back.
    protected override long AllowedBytesPerPacket => 96 * 1024;
}

[AttributeUsage(AttributeTargets.Class)]
public sealed class RequiresOpusAttribute(string library) : RequirementAttribute
{
    public override string? SkipReason => Find(library) is not null ? null
        : library == "libopus" ? "libopus is not installed: apt-get install libopus0"
        : $"{library} is not in this build (With{library} is off)";

    public static IOpusLibrary? Find(string library) =>
        OpusLibraries.Present.FirstOrDefault(l => l.Name.StartsWith(library, StringComparison.Ordinal));
}
