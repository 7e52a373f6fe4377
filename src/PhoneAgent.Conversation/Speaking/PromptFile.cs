using System.Runtime.CompilerServices;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>A recorded prompt as if it were synthesised.</summary>
internal static class PromptFile
{
    private const int ChunkSamples = AudioFormat.SampleRate; // 1 s

    /// <exception cref="EngineException">The file cannot be read; the message names it.</exception>
    public static async IAsyncEnumerable<SynthesizedAudio> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        short[] samples = await LoadAsync(path, cancellationToken).ConfigureAwait(false);
        for (int at = 0; at < samples.Length; at += ChunkSamples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new SynthesizedAudio(samples.AsMemory(at, Math.Min(ChunkSamples, samples.Length - at)));
        }
    }

    private static async Task<short[]> LoadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            using var stream = new MemoryStream(bytes);
            if (!WavFile.TryRead(stream, out WavFile? wav, out string? error))
                throw new EngineException($"{path}: {error}. Prompts are WAV files.");
            return Resampler.Convert(wav!.ToMono(), wav.SampleRate, AudioFormat.SampleRate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The prompt {path} cannot be read: {e.Message}", e);
        }
    }
}
