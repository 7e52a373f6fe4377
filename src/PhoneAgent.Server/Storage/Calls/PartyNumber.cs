namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Numbers are written in many ways: +1 (555) 123-4567, 15551234567.</summary>
internal static class PartyNumber
{
    /// <summary>The digits of what looks like a number; other names in lower case.</summary>
    public static string Normal(string party)
    {
        string trimmed = party.Trim();
        return trimmed.Any(char.IsAsciiDigit) && trimmed.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '(' or ')' or ' ' or '.' or '/')
            ? string.Concat(trimmed.Where(char.IsAsciiDigit))
            : trimmed.ToLowerInvariant();
    }
}
