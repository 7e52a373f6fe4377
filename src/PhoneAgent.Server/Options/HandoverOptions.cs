using PhoneAgent.Conversation.Transfer;

namespace PhoneAgent.Server.Options;

/// <summary>The section <c>transfer</c>: how callers are handed to a human, and what goes with them.</summary>
public sealed record HandoverOptions : TransferOptions
{
    private static readonly TimeSpan LeastWordsEvery = TimeSpan.FromSeconds(5);

    /// <summary>What who waits hears: one of <see cref="WaitingSound.BuiltIn"/>, or a WAV file.</summary>
    public string HoldMusic { get; init; } = "music";

    /// <summary>Said now and then to who waits; null: nothing.</summary>
    public string? HoldWords { get; init; }

    public TimeSpan HoldWordsEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a brief can be read at the address that goes with the call.</summary>
    public TimeSpan BriefLinkLifetime { get; init; } = TimeSpan.FromHours(8);

    public BriefWebhookOptions BriefWebhook { get; init; } = new();

    /// <summary>With the music's path changed, e.g. made absolute.</summary>
    internal HandoverOptions WithFiles(Func<string, string> change) => HasMusicFile ? this with { HoldMusic = change(HoldMusic) } : this;

    private bool HasMusicFile => !WaitingSound.BuiltIn.Contains(HoldMusic);

    internal IEnumerable<(string Key, string Message)> Check()
    {
        foreach ((string key, TimeSpan value) in new[] { ("ring_timeout", RingTimeout), ("accept_timeout", AcceptTimeout) })
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromMinutes(5))
                yield return (key, $"{value.TotalSeconds:0.#} s is outside 1s–5m.");
        if (HasMusicFile && !File.Exists(HoldMusic))
            yield return ("hold_music", $"{HoldMusic} does not exist; write a WAV file or one of {string.Join(", ", WaitingSound.BuiltIn)}.");
        if (HoldWordsEvery < LeastWordsEvery)
            yield return ("hold_words_every", $"Shorter than {LeastWordsEvery.TotalSeconds:0} s; nobody wants to hear it that often.");
        if (BriefLinkLifetime < TimeSpan.FromMinutes(1) || BriefLinkLifetime > TimeSpan.FromDays(7))
            yield return ("brief_link_lifetime", $"{BriefLinkLifetime} is outside 1m–7d.");
        foreach ((string key, string message) in BriefWebhook.Check())
            yield return ($"brief_webhook.{key}", message);
    }
}
