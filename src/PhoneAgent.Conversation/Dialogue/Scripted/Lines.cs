using System.Collections;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>
/// What an agent says at one place, in variants that are said in turn; and, where the file has them, other words for a caller in
/// some mood. As a list it is the usual words. Immutable.
/// </summary>
/// <param name="usual">Said to everybody for whom there is nothing else.</param>
/// <param name="byMood">A label of <see cref="TimelineEvent.Emotion"/> → variants.</param>
public sealed class Lines(IReadOnlyList<Template> usual, IReadOnlyDictionary<string, IReadOnlyList<Template>> byMood) : IReadOnlyList<Template>
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<Template>> _byMood = byMood;

    public static readonly Lines None = new([], new Dictionary<string, IReadOnlyList<Template>>());

    /// <summary>The same for every caller.</summary>
    public static Lines Of(params IReadOnlyList<Template> usual) => new(usual, None._byMood);

    public int Count => usual.Count;

    public Template this[int index] => usual[index];

    /// <summary>In all moods.</summary>
    public IEnumerable<Template> All => usual.Concat(_byMood.Values.SelectMany(variants => variants));

    /// <summary>For a caller in this mood; those of the usual words come with an empty name.</summary>
    public (string Mood, IReadOnlyList<Template> Variants) For(string? mood) =>
        mood is not null && _byMood.TryGetValue(mood, out IReadOnlyList<Template>? variants) ? (mood, variants) : ("", usual);

    public IEnumerator<Template> GetEnumerator() => usual.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
