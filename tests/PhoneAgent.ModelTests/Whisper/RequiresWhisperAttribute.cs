using PhoneAgent.Inference.Whisper;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.Whisper;

/// <summary>Whisper.net in the build, and the weights of a model.</summary>
public sealed class RequiresWhisperAttribute : RequirementAttribute
{
    private const string Variable = "PHONEAGENT_WHISPER_MODEL";

    private static readonly string[] Known = ["ggml-base.en.bin", "ggml-small.en.bin", "ggml-tiny.en.bin", "ggml-base.bin", "ggml-small.bin", "ggml-tiny.bin"];

    public override string? SkipReason =>
        !WhisperServices.IsBuiltIn ? "Whisper.net is not part of this build: its package does not restore here (tools/restore.sh)"
        : Model is null ? $"no Whisper model is here: run `phoneagent models pull whisper-base.en`, or set {Variable} to a ggml file"
        : null;

    public static string? Model { get; } = FindModel();

    private static string? FindModel()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
            return path;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "PhoneAgent.sln")))
                return Known.Select(name => Path.Combine(folder.FullName, "models", "cache", "whisper", name)).FirstOrDefault(File.Exists);
        return null;
    }
}
