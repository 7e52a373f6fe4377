using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary>The console as it is: colours and line breaks only where a person looks at it.</summary>
internal static class Terminal
{
    public static bool IsInteractive => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    public static void SetUp()
    {
        if (!Console.IsOutputRedirected)
            return;
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        // Lines of a file or a pipe are not broken.
        AnsiConsole.Profile.Width = int.MaxValue / 4;
    }
}
