using System.Runtime.InteropServices;
using Microsoft.CognitiveServices.Speech;
using Microsoft.CognitiveServices.Speech.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.AzureSpeech.Sdk;

/// <summary>The SDK's recogniser over a push stream.</summary>
internal sealed class SdkHearing(AzureSpeechOptions options) : IAzureHearing
{
    private readonly SpeechConfig config = Configure(options);
    private readonly Closings closings = new();

    public IAzureListening Listen(IReadOnlyList<string> languages, IReadOnlyList<string> phrases, IAzureListener listener) =>
        new Listening(config, languages, phrases, listener, closings);

    public ValueTask DisposeAsync() => closings.DisposeAsync();

    private static SpeechConfig Configure(AzureSpeechOptions options)
    {
        var config = SdkConfig.Create(options);
        config.OutputFormat = OutputFormat.Detailed; // with the lexical form and the confidence
        config.RequestWordLevelTimestamps();
        config.SetProfanity(ProfanityOption.Raw); // asterisks are no words
        return config;
    }

    private sealed class Listening : IAzureListening
    {
        private readonly PushAudioInputStream audio;
        private readonly AudioConfig input;
        private readonly SpeechRecognizer recognizer;
        private readonly IAzureListener listener;
        private readonly Closings closings;
        private readonly bool detects;
        private readonly Task started;
        private int disposed;

        public Listening(SpeechConfig config, IReadOnlyList<string> languages, IReadOnlyList<string> phrases, IAzureListener listener, Closings closings)
        {
            this.listener = listener;
            this.closings = closings;
            detects = languages.Count > 1;
            audio = AudioInputStream.CreatePushStream(AudioStreamFormat.GetWaveFormatPCM(AudioFormat.SampleRate, 16, 1));
            input = AudioConfig.FromStreamInput(audio);
            recognizer = detects
                ? new SpeechRecognizer(config, AutoDetectSourceLanguageConfig.FromLanguages([.. languages]), input)
                : new SpeechRecognizer(config, languages[0], input);
            var list = PhraseListGrammar.FromRecognizer(recognizer);
            foreach (var phrase in phrases)
                list.AddPhrase(phrase);
            recognizer.Recognizing += OnRecognizing;
            recognizer.Recognized += OnRecognized;
            recognizer.Canceled += OnCanceled;
            recognizer.SessionStopped += OnStopped;
            started = StartAsync();
        }

        public void Write(ReadOnlySpan<short> samples) => audio.Write(MemoryMarshal.AsBytes(samples).ToArray());

        public void End() => audio.Close();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) != 0)
                return;
            recognizer.Recognizing -= OnRecognizing;
            recognizer.Recognized -= OnRecognized;
            recognizer.Canceled -= OnCanceled;
            recognizer.SessionStopped -= OnStopped;
            closings.Add(StopAsync);
        }

        private async Task StartAsync()
        {
            try
            {
                await recognizer.StartContinuousRecognitionAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                listener.OnFailure(new AzureFailure("RuntimeError", e.Message));
            }
        }

        private async Task StopAsync()
        {
            await started.ConfigureAwait(false);
            try
            {
                audio.Close();
                await recognizer.StopContinuousRecognitionAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is ApplicationException or ObjectDisposedException or InvalidOperationException)
            {
                // it had stopped by itself
            }
            finally
            {
                recognizer.Dispose();
                input.Dispose();
                audio.Dispose();
            }
        }

        private void OnRecognizing(object? sender, SpeechRecognitionEventArgs e)
        {
            if (e.Result.Text.Length > 0)
                listener.OnInterim(new AzurePhrase(e.Result.Text, null, 0, LanguageOf(e.Result), []));
        }

        private void OnRecognized(object? sender, SpeechRecognitionEventArgs e)
        {
            if (e.Result.Reason != ResultReason.RecognizedSpeech)
                return;
            var best = e.Result.Best().FirstOrDefault();
            listener.OnPhrase(new AzurePhrase(e.Result.Text, best?.LexicalForm, best?.Confidence ?? 1, LanguageOf(e.Result), Words(best)));
        }

        private void OnCanceled(object? sender, SpeechRecognitionCanceledEventArgs e)
        {
            if (e.Reason == CancellationReason.Error)
                listener.OnFailure(new AzureFailure(e.ErrorCode.ToString(), e.ErrorDetails ?? ""));
            else
                listener.OnEnd(); // end of the stream
        }

        private void OnStopped(object? sender, SessionEventArgs e) => listener.OnEnd();

        private string? LanguageOf(SpeechRecognitionResult result) =>
            detects && AutoDetectSourceLanguageResult.FromResult(result).Language is { Length: > 0 } language && language != "Unknown" ? language : null;

        /// <summary>Offset and duration in ticks of 100 ns.</summary>
        private static List<RecognizedWord> Words(DetailedSpeechRecognitionResult? best) =>
            best?.Words?.Select(word => new RecognizedWord(word.Word.ToLowerInvariant(), new TimeSpan(word.Offset), new TimeSpan(word.Offset + word.Duration), best.Confidence)).ToList() ?? [];
    }
}
