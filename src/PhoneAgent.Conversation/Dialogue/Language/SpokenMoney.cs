using System.Globalization;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Amounts of money for the ear: "twelve dollars and fifty cents".</summary>
public static class SpokenMoney
{
    private static readonly (string Sign, string Code, string Unit, string Units, string Cent, string Cents)[] Currencies =
    [
        ("$", "USD", "dollar", "dollars", "cent", "cents"),
        ("€", "EUR", "euro", "euros", "cent", "cents"),
        ("£", "GBP", "pound", "pounds", "penny", "pence"),
    ];

    /// <summary>"$12.50", "12.50 EUR", "GBP 3" or a bare amount in <paramref name="defaultCode"/>. False when it is no such thing.</summary>
    public static bool TrySay(string amount, string defaultCode, out string spoken)
    {
        ArgumentNullException.ThrowIfNull(amount);
        spoken = "";
        string text = amount.Trim();
        string code = defaultCode;
        foreach (var candidate in Currencies)
        {
            string without = text.Replace(candidate.Sign, "", StringComparison.Ordinal)
                .Replace(candidate.Code, "", StringComparison.OrdinalIgnoreCase);
            if (without.Length != text.Length)
                (text, code) = (without.Trim(), candidate.Code);
        }
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out decimal value)
            || Math.Abs(value) > SpokenNumbers.Max)
            return false;
        var currency = Currencies.FirstOrDefault(candidate => candidate.Code.Equals(code, StringComparison.OrdinalIgnoreCase), Currencies[0]);
        decimal rounded = Math.Round(Math.Abs(value), 2, MidpointRounding.AwayFromZero);
        long whole = (long)rounded;
        int cents = (int)((rounded - whole) * 100);
        string units = $"{SpokenNumbers.Cardinal(whole)} {(whole == 1 ? currency.Unit : currency.Units)}";
        string small = $"{SpokenNumbers.Cardinal(cents)} {(cents == 1 ? currency.Cent : currency.Cents)}";
        spoken = (whole, cents) switch
        {
            (_, 0) => units,
            (0, _) => small,
            _ => $"{units} and {small}",
        };
        if (value < 0)
            spoken = $"minus {spoken}";
        return true;
    }
}
