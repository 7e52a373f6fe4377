using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.CognitiveServices.Speech;
using Microsoft.CognitiveServices.Speech.Audio;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Inference.AzureSpeech.Sdk;

/// <summary>The SDK's synthesiser, read while it speaks. Synthesisers are kept for the next sentence: each holds a connection.</summary>
internal sealed class SdkSpeaking : IAzureSpeaking
{
    private const int MaxIdle = 16;

    private readonly AzureSpeechOptions options;
    private readonly SpeechConfig config;
    private readonly ConcurrentBag<SpeechSynthesizer> idle = [];
    private readonly Closings closings = new();
    private bool disposed;

    public SdkSpeaking(AzureSpeechOptions options)
    {
        this.options = options;
        config = SdkConfig.Create(options);
        config.SetSpeechSynthesisOutputFormat(SpeechSynthesisOutputFormat.Raw16Khz16BitMonoPcm);
    }

    public async Task<IAzureSpeech> SpeakAsync(string ssml, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var synthesizer = idle.TryTake(out var kept) ? kept : new SpeechSynthesizer(config, null as AudioConfig);
        var speech = new Speech(this, synthesizer);
        try
        {
            // Gives the result when the first audio is there, not the last.
            speech.Begin(await synthesizer.StartSpeakingSsmlAsync(ssml).ConfigureAwait(false));
            return speech;
        }
        catch
        {
            speech.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        disposed = true;
        await closings.DisposeAsync().ConfigureAwait(false);
        while (idle.TryTake(out var synthesizer))
            synthesizer.Dispose();
    }

    private void Return(SpeechSynthesizer synthesizer)
    {
        if (disposed || idle.Count >= MaxIdle)
            synthesizer.Dispose();
        else
            idle.Add(synthesizer);
    }

    private sealed class Speech : IAzureSpeech
    {
        private readonly SdkSpeaking owner;
        private readonly SpeechSynthesizer synthesizer;
        private readonly ConcurrentQueue<(string, TimeSpan)> words = [];
        private byte[] bytes = [];
        private SpeechSynthesisResult? result;
        private AudioDataStream? stream;
        private bool isWhole;
        private int disposed;

        public Speech(SdkSpeaking owner, SpeechSynthesizer synthesizer)
        {
            this.owner = owner;
            this.synthesizer = synthesizer;
            synthesizer.WordBoundary += OnWord;
        }

        public void Begin(SpeechSynthesisResult begun)
        {
            result = begun;
            if (begun.Reason == ResultReason.Canceled)
                throw Failure(SpeechSynthesisCancellationDetails.FromResult(begun));
            stream = AudioDataStream.FromResult(begun);
        }

        public int Read(Span<short> samples)
        {
            if (bytes.Length != samples.Length * sizeof(short))
                bytes = new byte[samples.Length * sizeof(short)];
            var count = (int)stream!.ReadData(bytes);
            if (count == 0)
            {
                if (stream.GetStatus() == StreamStatus.Canceled && disposed == 0)
                    throw Failure(SpeechSynthesisCancellationDetails.FromStream(stream));
                isWhole = true;
            }
            MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, count & ~1)).CopyTo(samples);
            return count / sizeof(short);
        }

        public IReadOnlyList<(string Word, TimeSpan At)> TakeWords()
        {
            var taken = new List<(string, TimeSpan)>();
            while (words.TryDequeue(out var word))
                taken.Add(word);
            return taken;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref disposed, 1) != 0)
                return;
            synthesizer.WordBoundary -= OnWord;
            owner.closings.Add(CloseAsync); // a read that waits ends by it
        }

        private async Task CloseAsync()
        {
            try
            {
                if (!isWhole)
                    await synthesizer.StopSpeakingAsync().ConfigureAwait(false);
                stream?.Dispose();
                result?.Dispose();
                owner.Return(synthesizer);
            }
            catch (Exception e) when (e is ApplicationException or ObjectDisposedException or InvalidOperationException)
            {
                synthesizer.Dispose(); // one that cannot stop is not used again
            }
        }

        private void OnWord(object? sender, SpeechSynthesisWordBoundaryEventArgs e)
        {
            if (e.BoundaryType == SpeechSynthesisBoundaryType.Word)
                words.Enqueue((e.Text, new TimeSpan((long)e.AudioOffset))); // ticks of 100 ns
        }

        private ProviderException Failure(SpeechSynthesisCancellationDetails details) =>
            AzureFailures.ToException(owner.options, new AzureFailure(details.ErrorCode.ToString(), details.ErrorDetails ?? ""));
    }
}
