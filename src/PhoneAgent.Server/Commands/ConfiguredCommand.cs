using System.CommandLine;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Commands;

/// <summary>A command that needs the configuration.</summary>
internal static class ConfiguredCommand
{
    /// <param name="symbols">Arguments and options.</param>
    /// <param name="run">Not begun while the configuration has problems; what <see cref="Setup.GuardAsync"/> knows is one line.</param>
    public static Command Create(
        string name, string description, CommonOptions common, IEnumerable<Symbol> symbols, Func<ParseResult, LoadedConfig, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
            common.LoadOrExplain(result) is { } config ? await run(result, config, cancellationToken).ConfigureAwait(false) : 1));
        return command;
    }
}
