namespace PhoneAgent.Inference.Models;

/// <summary>A model file that can be fetched.</summary>
/// <param name="Kind">What it is for, e.g. voice-detector.</param>
/// <param name="IsDefault">Fetched by `models pull --all-default`.</param>
/// <param name="File">Where it lies below the cache and below a mirror: relative, with forward slashes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Without">What happens when it is not there: a clause for people.</param>
public sealed record ModelEntry(
    string Name, string Kind, bool IsDefault, string File, Uri Url, long Bytes, string Sha256, string Licence, string Without);
