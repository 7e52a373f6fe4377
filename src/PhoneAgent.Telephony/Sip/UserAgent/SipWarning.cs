namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Warning header values (RFC 3261 §20.43).</summary>
internal static class SipWarning
{
    /// <summary>The reason for a refused session description: 305 incompatible media, 399 miscellaneous.</summary>
    internal static string Media(string text) => $"305 phoneagent \"{Clean(text)}\"";

    private static string Clean(string text) =>
        string.Concat(text.Where(c => !char.IsControl(c)).Select(c => c is '"' or '\\' ? '\'' : c).Take(200));
}
