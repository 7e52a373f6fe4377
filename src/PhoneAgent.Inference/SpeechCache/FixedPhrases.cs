using System.Collections.Concurrent;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.SpeechCache;

/// <summary>
/// The sentences that may be kept on disk. Only what the configuration says word for word is put in here: scripts' texts
/// with no variable that a call sets, wordings, fillers. So nothing of a caller can get there, neither his number nor his name nor an
/// answer that a model made for him, however often it is said: what is not in this list is not kept. Thread-safe.
/// </summary>
public sealed class FixedPhrases
{
    private readonly ConcurrentDictionary<string, bool> sentences = new(StringComparer.Ordinal);

    /// <summary>Adds a text of the configuration: its sentences, as they will be asked for.</summary>
    public void Add(string text)
    {
        foreach (var sentence in SentenceChunker.Split(text))
            sentences.TryAdd(sentence, true);
    }

    public bool Contains(string sentence) => sentences.ContainsKey(sentence);
}
