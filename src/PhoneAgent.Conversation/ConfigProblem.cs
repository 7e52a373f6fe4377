namespace PhoneAgent.Conversation;

/// <summary>
/// Something wrong in a configuration file (phoneagent.yaml, an agent file, a table of orders). A file is always
/// checked to its end, so that a person sees all problems at once.
/// </summary>
/// <param name="File">Path as it was given.</param>
/// <param name="Line">From 1; 0 when the problem is the file itself.</param>
/// <param name="Column">From 1; 0 when unknown.</param>
/// <param name="Key">Where in the file, e.g. <c>steps.ask_order.expect</c>; empty for the whole file.</param>
/// <param name="Message">What is wrong and what to do, one sentence.</param>
public sealed record ConfigProblem(string File, int Line, int Column, string Key, string Message)
{
    /// <summary>The form compilers use, which editors make a link of: <c>file:line:column: key: message</c>.</summary>
    public override string ToString() =>
        (Line, Key) switch
        {
            ( <= 0, "") => $"{File}: {Message}",
            ( <= 0, _) => $"{File}: {Key}: {Message}",
            (_, "") => $"{File}:{Line}:{Column}: {Message}",
            _ => $"{File}:{Line}:{Column}: {Key}: {Message}",
        };
}
