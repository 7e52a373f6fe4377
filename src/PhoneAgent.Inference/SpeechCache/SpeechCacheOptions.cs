namespace PhoneAgent.Inference.SpeechCache;

/// <summary>Keeps what voices make of fixed phrases on disk. What is kept and what never is: <see cref="FixedPhrases"/>.</summary>
public sealed record SpeechCacheOptions
{
    public bool Enabled { get; init; }

    /// <summary>Files are named by hashes; all may be deleted at any time, and must be when a voice of the same name has been changed.</summary>
    public string Folder { get; init; } = "speech-cache";

    /// <summary>At most this much; what was not used for longest goes first. A minute of speech takes 2 MB.</summary>
    public int MaxMegabytes { get; init; } = 256;
}
