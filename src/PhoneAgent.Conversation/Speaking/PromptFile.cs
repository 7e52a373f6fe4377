namespace PhoneAgent.Conversation.Speaking;

internal static class PromptFile
{
    public static IAsyncEnumerable<SynthesizedAudio> ReadAsync(string path, CancellationToken cancellationToken) => throw new EngineException(path);
}
