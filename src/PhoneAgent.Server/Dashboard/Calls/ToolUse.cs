namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>A tool that the agent used.</summary>
/// <param name="Arguments">JSON, cut where it is long. Personal data.</param>
/// <param name="Outcome">"ok", "failed", "timed-out", "refused".</param>
public sealed record ToolUse(TimeSpan At, string Name, string Arguments, string Outcome, TimeSpan Took, string? Detail)
{
    private const int MaxArguments = 300;

    public static ToolUse From(TimelineEvent.ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        string arguments = call.Arguments.Length > MaxArguments ? $"{call.Arguments[..MaxArguments]}…" : call.Arguments;
        return new ToolUse(call.At, call.Tool, arguments, call.Outcome, call.Took, call.Detail);
    }
}
