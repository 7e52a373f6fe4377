using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible.Wire;

namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

/// <summary>
/// Hears by uploading to <c>POST /audio/transcriptions</c>: what was said so far about every second and at each pause, the whole at the
/// end. Understands anything; what is expected goes along as a prompt. Thread-safe.
/// </summary>
public sealed class OpenAiTranscriptionRecognizer : ISpeechRecognizer
{
    private readonly OpenAiTranscriptionOptions options;
    private readonly ServerConnection connection;
    private readonly TimeProvider time;
    private readonly UploadTasks uploads = new();

    /// <exception cref="ArgumentException">The base address or a header cannot be used; the message names the provider.</exception>
    public OpenAiTranscriptionRecognizer(OpenAiTranscriptionOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.time) = (options, time);
        connection = new ServerConnection(options.Server, time);
    }

    public string Name => options.Server.Name;

    public bool NeedsExpectation => false;

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
        return new TranscriptionStream(new TranscriptionRequest(connection, options), options, request, onResult, uploads, time);
    }

    /// <summary>Opens a connection and shows whether the server answers and takes the key.</summary>
    /// <exception cref="ProviderException">It does not.</exception>
    public Task WarmUpAsync(CancellationToken cancellationToken) => connection.GetModelsAsync(cancellationToken);

    /// <summary>Utterances that wait for their final result fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await uploads.DisposeAsync().ConfigureAwait(false);
        connection.Dispose();
    }
}
