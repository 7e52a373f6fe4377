using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>A test with a real browser; skipped, with the reason, where there is none or nobody who speaks.</summary>
public sealed class RequiresChromiumFactAttribute : FactAttribute
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    public RequiresChromiumFactAttribute() => Skip = Executable is null ? Missing : null;

    /// <summary>The caller and the agent speak and listen with the embedded engines.</summary>
    public bool Speech
    {
        get => field;
        set
        {
            field = value;
            if (value)
                Skip ??= Requirements.Library("libflite.so.1") ?? Requirements.Library("libpocketsphinx.so.3");
        }
    }

    /// <summary>A softphone calls or is called, and what it heard is read.</summary>
    public bool Softphone
    {
        get => field;
        set
        {
            field = value;
            if (value)
                Skip ??= Requirements.Shared("rig/softphone.py") ?? Requirements.Command("baresip") ?? Requirements.Command("sox");
        }
    }

    /// <summary>A file or folder of the shared data that it needs.</summary>
    public string? Shared
    {
        get => field;
        set
        {
            field = value;
            if (value is not null)
                Skip ??= Requirements.Shared(value);
        }
    }

    /// <summary>It checks the rules of accessibility.</summary>
    public bool Axe
    {
        get => field;
        set
        {
            field = value;
            if (value)
                Skip ??= AxeCore.Missing;
        }
    }

    /// <summary>The browser; null where there is none.</summary>
    public static string? Executable { get; } = Environment.GetEnvironmentVariable("PHONEAGENT_CHROMIUM") is { Length: > 0 } set
        ? set
        : Array.Find(Places, File.Exists);

    internal const string Missing = "Chromium is not installed: apt-get install chromium, or name it in PHONEAGENT_CHROMIUM";
}

/// <inheritdoc cref="RequiresChromiumFactAttribute"/>
public sealed class RequiresChromiumTheoryAttribute : TheoryAttribute
{
    public RequiresChromiumTheoryAttribute() => Skip = RequiresChromiumFactAttribute.Executable is null ? RequiresChromiumFactAttribute.Missing : null;
}
