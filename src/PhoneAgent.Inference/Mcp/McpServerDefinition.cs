namespace PhoneAgent.Inference.Mcp;

/// <summary>A server whose tools agents may use, over the Model Context Protocol: a program of this machine, or an address.</summary>
public sealed record McpServerDefinition
{
    /// <summary>What agents call it; begins the names of its tools.</summary>
    public string Name { get; init; } = "";

    /// <summary>A program that speaks the protocol on its standard input and output.</summary>
    public string? Command { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Environment of the program. It gets nothing of ours but PATH, HOME, LANG and the like: ours holds passwords.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder that the program runs in; ours when absent.</summary>
    public string? Folder { get; init; }

    /// <summary>Or the address of a server over streamable HTTP.</summary>
    public string? Url { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Tools that may be used, by their names there; all when empty.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Tools that change nothing, whatever the server says of them: they may run on a guess.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];

    /// <summary>How long a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one call of a tool may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong, each with the key it is about.</summary>
    public IEnumerable<(string Key, string Message)> Check()
    {
        if (!IsName(Name))
            yield return ("name", $"'{Name}' is no name of a server: up to 24 letters, digits, '_' or '-'.");
        if (Command is null == Url is null)
            yield return ("", "A server needs either a command or a url.");
        if (Command is null && (Args.Count > 0 || Env.Count > 0 || Folder is not null))
            yield return ("command", "args, env and folder belong to a command.");
        if (Url is null && Headers.Count > 0)
            yield return ("headers", "headers belong to a url.");
        if (Url is not null && !(Uri.TryCreate(Url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            yield return ("url", $"'{Url}' is no http or https address.");
        foreach (string tool in ReadOnly)
            if (Tools.Count > 0 && !Tools.Contains(tool))
                yield return ("read_only", $"'{tool}' is not among the tools that may be used (tools).");
        if (ConnectTimeout <= TimeSpan.Zero)
            yield return ("connect_timeout", "It must be more than 0.");
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromMinutes(2))
            yield return ("timeout", "It must be more than 0 and at most 2m: somebody waits at the telephone.");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 24 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
