using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.Commands.Calls;

/// <summary>Which calls, as people type it.</summary>
internal sealed class CallFilters(TimeProvider time)
{
    private readonly Option<DateTimeOffset?> _since = new("--since")
    {
        Description = "Begun then or later: 2026-05-04, 2026-05-04T10:30 (UTC), or 24h or 7d: so long ago.",
        HelpName = "when",
        CustomParser = result => Moment(result, time, isEnd: false),
    };

    private readonly Option<DateTimeOffset?> _until = new("--until")
    {
        Description = "Begun before, or on that day.",
        HelpName = "when",
        CustomParser = result => Moment(result, time, isEnd: true),
    };

    private readonly Option<CallDirection?> _direction = new("--direction") { Description = "inbound or outbound." };
    private readonly Option<string?> _disposition = new("--disposition") { Description = "What it was filed under.", HelpName = "text" };
    private readonly Option<CallEndCause?> _outcome = new("--outcome")
    {
        Description = $"How it ended: {string.Join(", ", Enum.GetNames<CallEndCause>().Select(ConfigValue.EnumText))}.",
        HelpName = "how",
        CustomParser = Outcome,
    };

    private readonly Option<string?> _campaign = new("--campaign") { Description = "Placed by this campaign.", HelpName = "name" };
    private readonly Option<string?> _number = new("--number") { Description = "Digits that the other party's number contains, or a name.", HelpName = "number" };
    private readonly Option<string?> _words = new("--words") { Description = "Words that were all said, or stand in the summary.", HelpName = "text" };

    public IEnumerable<Option> Options => [_since, _until, _direction, _disposition, _outcome, _campaign, _number, _words];

    public HistoryQuery Of(ParseResult result) => new()
    {
        Since = result.GetValue(_since),
        Until = result.GetValue(_until),
        Direction = result.GetValue(_direction),
        Disposition = result.GetValue(_disposition),
        Cause = result.GetValue(_outcome),
        Campaign = result.GetValue(_campaign),
        Number = result.GetValue(_number),
        Words = result.GetValue(_words),
    };

    private static CallEndCause? Outcome(ArgumentResult result)
    {
        if (ConfigValue.TryParse(typeof(CallEndCause), result.Tokens[0].Value, out object? cause))
            return (CallEndCause)cause!;
        result.AddError($"--outcome: there is no '{result.Tokens[0].Value}', but {string.Join(", ", Enum.GetNames<CallEndCause>().Select(ConfigValue.EnumText))}.");
        return null;
    }

    private static DateTimeOffset? Moment(ArgumentResult result, TimeProvider time, bool isEnd)
    {
        string text = result.Tokens[0].Value;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            return isEnd ? HistoryQuery.EndOf(day) : HistoryQuery.StartOf(day);
        if (ConfigValue.TryParse(typeof(TimeSpan), text, out object? ago))
            return time.GetUtcNow() - (TimeSpan)ago!;
        if (text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at))
            return at;
        result.AddError($"{(isEnd ? "--until" : "--since")}: '{text}' is no time. Write a day (2026-05-04), a moment (2026-05-04T10:30), or how long ago (24h, 7d).");
        return null;
    }
}
