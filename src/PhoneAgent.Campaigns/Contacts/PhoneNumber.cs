using System.Diagnostics.CodeAnalysis;

namespace PhoneAgent.Campaigns.Contacts;

/// <summary>
/// A telephone number in its international form, ITU-T E.164 §6: "+" and at most 15 digits, the first of them not zero.
/// Two spellings of one number are equal. Personal data.
/// </summary>
public readonly record struct PhoneNumber
{
    private const int MinDigits = 3;
    private const int MaxDigits = 15;

    private PhoneNumber(string value) => Value = value;

    /// <summary>"+493012345678".</summary>
    public string Value { get; }

    /// <summary>Takes the normal form only; people's spellings are for <c>NumberNormalizer</c>.</summary>
    public static bool TryCreate([NotNullWhen(true)] string? text, out PhoneNumber number)
    {
        bool isValid = text is ['+', >= '1' and <= '9', ..] && text.Length is > MinDigits and <= MaxDigits + 1 && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9');
        number = isValid ? new PhoneNumber(text!) : default;
        return isValid;
    }

    public override string ToString() => Value;
}
