using System.Globalization;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>The formats of <c>{variable|format}</c>. A value that does not fit its format is said as it is.</summary>
internal static class SpokenForms
{
    public static readonly IReadOnlyList<string> Names = ["digits", "number", "ordinal", "date", "day", "weekday", "time", "money", "spell"];

    public static string Say(string value, string? format, DateOnly today, string language)
    {
        bool american = !language.EndsWith("-GB", StringComparison.OrdinalIgnoreCase);
        string? spoken = format switch
        {
            "digits" => SpokenDigits.Say(value, GroupSize(value)),
            "number" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && Math.Abs((decimal)number) <= SpokenNumbers.Max
                ? SpokenNumbers.Cardinal(number) : null,
            "ordinal" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long rank) && rank <= SpokenNumbers.Max
                ? SpokenNumbers.Ordinal(rank) : null,
            "date" => TryDate(value, out DateOnly date) ? SpokenDates.Say(date, today, american) : null,
            "day" => TryDate(value, out DateOnly near) ? SpokenDates.SayNear(near, today, american) : null,
            "weekday" => TryDate(value, out DateOnly day) ? SpokenDates.Weekday(day) : null,
            "time" => TimeOnly.TryParseExact(value, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)
                ? SpokenTimes.Say(time) : null,
            "money" => SpokenMoney.TrySay(value, american ? "USD" : "GBP", out string money) ? money : null,
            "spell" => string.Join(", ", value.Where(char.IsLetterOrDigit).Select(c => char.IsAsciiDigit(c) ? SpokenDigits.Say(c.ToString()) : char.ToUpperInvariant(c).ToString())),
            _ => null,
        };
        return string.IsNullOrEmpty(spoken) ? value : spoken;
    }

    internal static bool TryDate(string value, out DateOnly date) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>Groups of three suit numbers that are nine or more long, as telephone numbers are; pairs suit the shorter ones.</summary>
    private static int GroupSize(string value) => value.Count(char.IsAsciiDigit) >= 9 ? 3 : 2;
}
