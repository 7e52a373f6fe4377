using System.Runtime.InteropServices;
using Xunit;

namespace PhoneAgent.Testing;

/// <summary>A test that is skipped, with the reason, where something it needs is missing.</summary>
public sealed class RequiresFactAttribute : FactAttribute
{
    /// <summary>A file or folder under <see cref="SharedData.Root"/>.</summary>
    public string Shared { get => field ?? ""; set => Skip ??= Requirements.Shared(field = value); }

    /// <summary>A program on the PATH.</summary>
    public string Command { get => field ?? ""; set => Skip ??= Requirements.Command(field = value); }

    /// <summary>A native library that the loader finds by this name.</summary>
    public string Library { get => field ?? ""; set => Skip ??= Requirements.Library(field = value); }

    /// <summary>Why root is needed.</summary>
    public string RootTo { get => field ?? ""; set => Skip ??= Requirements.Root(field = value); }
}

/// <inheritdoc cref="RequiresFactAttribute"/>
public sealed class RequiresTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="RequiresFactAttribute.Shared"/>
    public string Shared { get => field ?? ""; set => Skip ??= Requirements.Shared(field = value); }

    /// <inheritdoc cref="RequiresFactAttribute.Command"/>
    public string Command { get => field ?? ""; set => Skip ??= Requirements.Command(field = value); }

    /// <inheritdoc cref="RequiresFactAttribute.Library"/>
    public string Library { get => field ?? ""; set => Skip ??= Requirements.Library(field = value); }
}

/// <summary>Why a requirement is not met; null when it is.</summary>
public static class Requirements
{
    public static string? Shared(string relativePath) =>
        SharedData.Find(relativePath) is null ? SharedData.Missing(relativePath) : null;

    public static string? Command(string name)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Array.Exists(folders, folder => File.Exists(Path.Combine(folder, name)))
            ? null
            : $"the program '{name}' is not on the PATH: install it to run this test";
    }

    public static string? Root(string purpose) =>
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? null : $"{purpose} needs root on Linux: run the tests as root to include it";

    public static string? Library(string name) =>
        NativeLibrary.TryLoad(name, out _) ? null : $"the native library {name} is not installed: tools/run.sh installs it";
}
