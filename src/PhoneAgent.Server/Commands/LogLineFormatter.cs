using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace PhoneAgent.Server.Commands;

/// <summary>One line an entry, for people: <c>14:03:07.512 warn  CallHost: message</c>. What an exception says follows, indented.</summary>
internal sealed class LogLineFormatter(TimeProvider? time = null) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(_time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        textWriter.Write(LevelOf(logEntry.LogLevel));
        textWriter.Write(ShortName(logEntry.Category));
        textWriter.Write(": ");
        textWriter.WriteLine(OneLine(message));
        if (logEntry.Exception is not { } exception)
            return;
        foreach (ReadOnlySpan<char> line in exception.ToString().AsSpan().EnumerateLines())
        {
            textWriter.Write("    ");
            textWriter.WriteLine(line);
        }
    }

    // A message may quote what came over the network: that must not be able to write lines of its own.
    private static string OneLine(string message) =>
        message.AsSpan().ContainsAny('\r', '\n', '\u001b') ? message.ReplaceLineEndings(" ").Replace('\u001b', ' ') : message;

    // The class says enough; its namespace is the same for most.
    private static ReadOnlySpan<char> ShortName(string category) => category.AsSpan(category.LastIndexOf('.') + 1);

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => " trace ",
        LogLevel.Debug => " debug ",
        LogLevel.Information => " info  ",
        LogLevel.Warning => " warn  ",
        LogLevel.Error => " error ",
        _ => " fatal ",
    };
}
