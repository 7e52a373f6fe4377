using Microsoft.Extensions.Logging;

namespace PhoneAgent.Inference.Silero;

internal static partial class SileroLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Silero VAD failed; its windows count as silence until it works again")]
    public static partial void RunFailed(ILogger logger, Exception exception);
}
