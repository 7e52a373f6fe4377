namespace PhoneAgent.Telephony.Sip.Digest;

/// <summary>In the order of strength (RFC 8760 §2.1, RFC 7616 §3.2).</summary>
public enum DigestAlgorithm
{
    Md5,
    Md5Session,
    Sha256,
    Sha256Session,
}

public static class DigestAlgorithms
{
    public static string Name(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Md5 => "MD5",
        DigestAlgorithm.Md5Session => "MD5-sess",
        DigestAlgorithm.Sha256 => "SHA-256",
        _ => "SHA-256-sess",
    };

    public static bool IsSession(this DigestAlgorithm algorithm) =>
        algorithm is DigestAlgorithm.Md5Session or DigestAlgorithm.Sha256Session;

    /// <summary>An absent algorithm is MD5 (RFC 7616 §3.3).</summary>
    public static bool TryParse(string? name, out DigestAlgorithm algorithm)
    {
        algorithm = DigestAlgorithm.Md5;
        if (name is null)
            return true;
        foreach (DigestAlgorithm known in Enum.GetValues<DigestAlgorithm>())
        {
            if (!string.Equals(known.Name(), name, StringComparison.OrdinalIgnoreCase))
                continue;
            algorithm = known;
            return true;
        }
        return false;
    }
}
