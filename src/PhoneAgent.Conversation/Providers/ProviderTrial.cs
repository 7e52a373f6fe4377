using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Providers;

/// <summary>The smallest real request of each kind: only doing the work shows that it can be done. Also warms up. Throws what the provider throws.</summary>
public static class ProviderTrial
{
    private const int FramesHeard = 25; // 500 ms
    private const int FewTokens = 16; // what some servers ask for at least

    public static async Task HearAsync(ISpeechRecognizer recognizer, RecognitionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recognizer);
        ArgumentNullException.ThrowIfNull(request);
        var final = new TaskCompletionSource<RecognitionResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        using IRecognitionStream stream = recognizer.Open(request, result =>
        {
            if (result.IsFinal)
                final.TrySetResult(result);
        });
        short[] silence = new short[AudioFormat.FrameSamples];
        for (int i = 0; i < FramesHeard; i++)
            stream.Push(silence);
        stream.Finish();
        RecognitionResult heard = await final.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (heard.Outcome == RecognitionOutcome.Failed)
            throw (EngineException?)heard.Failure ?? new EngineException(heard.Error ?? $"{recognizer.Name} failed");
    }

    public static Task HearAsync(ISpeechRecognizer recognizer, CancellationToken cancellationToken) =>
        HearAsync(recognizer, new RecognitionRequest(new Expectation { Answers = [new YesNoAnswer("answer")] }), cancellationToken);

    public static async Task SpeakAsync(ISpeechSynthesizer synthesizer, SynthesisRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(synthesizer);
        await foreach (SynthesizedAudio _ in synthesizer.SynthesizeAsync(request, cancellationToken).ConfigureAwait(false))
        {
            // Nobody listens.
        }
    }

    public static Task SpeakAsync(ISpeechSynthesizer synthesizer, CancellationToken cancellationToken) =>
        SpeakAsync(synthesizer, new SynthesisRequest("Hello."), cancellationToken);

    public static async Task AnswerAsync(IChatClient model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ChatMessage[] hello = [new(ChatRole.User, "Say OK.")];
        await foreach (ChatResponseUpdate _ in model.GetStreamingResponseAsync(hello, new ChatOptions { MaxOutputTokens = FewTokens }, cancellationToken).ConfigureAwait(false))
        {
            // Nobody reads.
        }
    }
}
