using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.Commands;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Commands;

public sealed class LogLineFormatterTests
{
    [Fact]
    public void OneLineWithTimeLevelClassAndMessage() =>
        Assert.Equal($"00:00:00.000 warn  CallHost: a message{Environment.NewLine}", Format("a message", null));

    [Fact]
    public void AMessageFromTheNetworkCannotForgeALine() =>
        Assert.Equal($"00:00:00.000 warn  CallHost: user x 12:00:00 info  [31m{Environment.NewLine}", Format("user x\r\n12:00:00 info \u001b[31m", null));

    [Fact]
    public void AnExceptionFollowsIndented()
    {
        string[] lines = Format("failed", new InvalidOperationException("a bug")).Split(Environment.NewLine);
        Assert.Equal(["00:00:00.000 warn  CallHost: failed", "    System.InvalidOperationException: a bug", ""], lines);
    }

    private static string Format(string message, Exception? exception)
    {
        using var writer = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Warning, "PhoneAgent.Server.Hosting.CallHost", new EventId(1749712322), message, exception, (state, _) => state);
        new LogLineFormatter(new VirtualTime()).Write(entry, null, writer);
        return writer.ToString();
    }
}
