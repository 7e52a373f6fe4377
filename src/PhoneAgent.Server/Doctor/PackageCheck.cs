using System.Reflection;
using PhoneAgent.Telephony.Codecs.Opus;

namespace PhoneAgent.Server.Doctor;

/// <summary>Which of the packages that a registry may lack this program was built with, and what stands in for the others.</summary>
internal static class PackageCheck
{
    private const string Area = "packages";

    private static readonly (string Switch, string Package, string StandIn)[] Packages =
    [
        ("WithSipSorcery", "SIPSorcery", "our own SIP user agent"),
        ("WithConcentus", "Concentus", "libopus"),
        ("WithNWaves", "NWaves", "the committed reference vectors (for tests only)"),
        ("WithWhisperNet", "Whisper.net", "the embedded recogniser, or any server with OpenAI's interface"),
        ("WithOnnxRuntime", "Microsoft.ML.OnnxRuntime", "the native ONNX runtime through its C API"),
        ("WithAzureSpeech", "Microsoft.CognitiveServices.Speech", "the embedded recogniser and voices, or any server with OpenAI's interface"),
        ("WithStateless", "Stateless", "an internal state table"),
    ];

    public static IEnumerable<CheckResult> Run()
    {
        Dictionary<string, string?> switches = typeof(PackageCheck).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(a => a.Key, a => a.Value);
        foreach ((string name, string package, string standIn) in Packages)
            yield return Check(package, standIn, isIn: switches.GetValueOrDefault(name) == "true", OpusLibraries.Present);
    }

    /// <summary>A missing package is no fault: each has something that stands in, if that is installed.</summary>
    internal static CheckResult Check(string package, string standIn, bool isIn, IReadOnlyList<IOpusLibrary> opus)
    {
        if (isIn)
            return CheckResult.Ok(Area, $"{package} is in this build");
        if (package != "Concentus")
            return CheckResult.Ok(Area, $"without {package}; in its place {standIn}");
        return opus.Count > 0
            ? CheckResult.Ok(Area, $"without {package}; in its place {opus[0].Name}")
            : CheckResult.Warn(Area, $"without {package}, and without {standIn}: calls cannot be carried in Opus", "Install libopus: apt-get install libopus0.");
    }
}
