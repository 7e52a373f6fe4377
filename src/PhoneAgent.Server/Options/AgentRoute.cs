namespace PhoneAgent.Server.Options;

/// <summary>
/// One rule of <c>agents.routes</c>: who answers the calls for which all that is said holds. Numbers and values are texts as
/// <see cref="TextPattern"/> reads them.
/// </summary>
public sealed record AgentRoute
{
    /// <summary>The user part or number that was called.</summary>
    public string? Called { get; init; }

    /// <summary>The user part or number of the caller, or "anonymous".</summary>
    public string? Caller { get; init; }

    /// <summary>The full name of a header of the INVITE.</summary>
    public string? Header { get; init; }

    /// <summary>What the header must say; when absent, it need only be there.</summary>
    public string? Value { get; init; }

    /// <summary>The name of a file in the folder, without .yaml, or "echo".</summary>
    public string Agent { get; init; } = "";

    /// <summary>For a list of routes: "called +49*, header X-Team: sales → front-desk".</summary>
    public override string ToString()
    {
        var conditions = new List<string>();
        if (Called is not null)
            conditions.Add($"called {Called}");
        if (Caller is not null)
            conditions.Add($"caller {Caller}");
        if (Header is not null)
            conditions.Add($"header {Header}{(Value is null ? "" : $": {Value}")}");
        return $"{string.Join(", ", conditions)} → {Agent}";
    }

    /// <summary>What is wrong, each with the key it is about.</summary>
    internal IEnumerable<(string Key, string Message)> Check()
    {
        if (Called is null && Caller is null && Header is null)
            yield return ("", "A route needs at least one of called, caller, header; who answers all others is agents.default.");
        if (Value is not null && Header is null)
            yield return ("value", "There is a value but no header that should have it.");
        if (Header is not null && !Header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            yield return ("header", $"'{Header}' is no name of a header, e.g. X-Department.");
        foreach ((string key, string? text) in new[] { ("called", Called), ("caller", Caller), ("value", Value) })
            if (text is not null && !TextPattern.TryParse(text, out _, out string? error))
                yield return (key, error);
    }
}
