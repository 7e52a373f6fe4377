using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>
/// Azure Speech as a streaming recogniser: audio goes out while the caller speaks, so that the connection is made and most of the
/// work is done when he stops. Thread-safe.
/// </summary>
public sealed partial class AzureRecognizer : ISpeechRecognizer
{
    private readonly AzureSpeechOptions options;
    private readonly IAzureHearing hearing;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    internal AzureRecognizer(AzureSpeechOptions options, IAzureHearing hearing, TimeProvider? time = null, ILogger<AzureRecognizer>? logger = null)
    {
        this.options = options;
        this.hearing = hearing;
        this.time = time ?? TimeProvider.System;
        this.logger = logger ?? NullLogger<AzureRecognizer>.Instance;
    }

    public string Name => options.Name;

    public bool NeedsExpectation => false;

    /// <summary>Asks nothing of the service: what it does not like, the utterance says.</summary>
    public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return new(new AnswerMatcher(request.Expectation).Problems);
    }

    public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onResult);
        return new AzureStream(options, hearing, request, onResult, time, e => Log.Failed(logger, e.Message));
    }

    public ValueTask DisposeAsync() => hearing.DisposeAsync();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "An utterance was not heard: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
