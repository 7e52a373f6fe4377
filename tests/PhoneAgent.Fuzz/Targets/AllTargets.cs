using System.Text;
using PhoneAgent.Testing;

namespace PhoneAgent.Fuzz.Targets;

public static class AllTargets
{
    public static IReadOnlyList<IFuzzTarget> Create() =>
    [
        new SipTarget(), new SipStreamTarget(), new SdpTarget(), new DigestTarget(),
        new RtpTarget(), new RtcpTarget(), new DtmfTarget(), new JitterTarget(), new WavTarget(),
        new VoiceControlTarget(), new VoiceFrameTarget(), new MediaStreamTarget(),
        new CampaignTarget(), new ContactTableTarget(),
    ];

    /// <summary>Files of the shared data, where there are any.</summary>
    internal static IEnumerable<byte[]> Files(string folder) => SharedData.Find(folder) is { } path
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
        : [];

    internal static byte[] Lines(params string[] lines) => Encoding.UTF8.GetBytes(string.Join("\r\n", lines) + "\r\n");
}
