using System.Reflection;

namespace PhoneAgent.Server.Doctor;

/// <summary>Which of the packages that a registry may lack this program was built with.</summary>
internal static class PackageCheck
{
    private const string Area = "packages";

    private static readonly (string Switch, string Package, string StandIn)[] Packages =
    [
        ("WithSipSorcery", "SIPSorcery", "our own SIP user agent"),
        ("WithConcentus", "Concentus", "libopus"),
        ("WithNWaves", "NWaves", "the committed reference vectors"),
        ("WithWhisperNet", "Whisper.net", "the embedded recogniser"),
        ("WithOnnxRuntime", "Microsoft.ML.OnnxRuntime", "the native ONNX runtime through its C API"),
        ("WithAzureSpeech", "Microsoft.CognitiveServices.Speech", "the embedded recogniser and voices"),
        ("WithStateless", "Stateless", "an internal state table"),
    ];

    /// <summary>A missing package is no fault: each has something that stands in.</summary>
    public static IEnumerable<CheckResult> Run()
    {
        Dictionary<string, string?> switches = typeof(PackageCheck).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(a => a.Key, a => a.Value);
        foreach ((string name, string package, string standIn) in Packages)
            yield return CheckResult.Ok(Area, switches.GetValueOrDefault(name) == "true"
                ? package
                : $"without {package}, which this NuGet registry lacks: {standIn} instead");
    }
}
