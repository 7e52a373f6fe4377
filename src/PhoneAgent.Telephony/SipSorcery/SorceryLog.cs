using Microsoft.Extensions.Logging;

namespace PhoneAgent.Telephony.SipSorcery;

internal static partial class SorceryLog
{
    [LoggerMessage(20, LogLevel.Error, "Call {CallId} has no media.")]
    internal static partial void NoMedia(ILogger logger, string callId, Exception reason);

    [LoggerMessage(21, LogLevel.Information, "Account {Account} is registered for {Seconds} s.")]
    internal static partial void Registered(ILogger logger, string account, double seconds);

    [LoggerMessage(22, LogLevel.Warning, "Account {Account} is not registered: {Reason}. Next attempt in {Seconds:0} s.")]
    internal static partial void NotRegistered(ILogger logger, string account, string reason, double seconds);

    [LoggerMessage(23, LogLevel.Warning, "Call {CallId} could not be answered.")]
    internal static partial void NotAnswered(ILogger logger, string callId, Exception reason);
}
