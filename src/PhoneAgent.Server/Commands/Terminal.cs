using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary>The console as it is: colours and line breaks only where a person looks at it.</summary>
internal static class Terminal
{
    public static bool IsInteractive => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    public static void SetUp()
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Console = Plain(Console.Out);
    }

    /// <summary>The console, or whatever else takes a command's output.</summary>
    public static IAnsiConsole For(TextWriter output) => ReferenceEquals(output, Console.Out) ? AnsiConsole.Console : Plain(output);

    private static IAnsiConsole Plain(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        // Lines of a file or a pipe are not broken.
        console.Profile.Width = int.MaxValue / 4;
        return console;
    }
}
