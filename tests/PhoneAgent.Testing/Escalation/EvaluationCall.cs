using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace PhoneAgent.Testing.Escalation;

/// <summary>A scripted caller with the truth about him; the format is described in <c>tools/eval-escalation/scripts</c>.</summary>
public sealed record EvaluationCall
{
    public const string AsksForHuman = "asks";
    public const string FrontDesk = "front-desk";
    public const string Listener = "listener";

    public string Name { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Agent { get; init; } = FrontDesk;
    public string? Speaker { get; init; }
    public bool Escalate { get; init; }
    public int Since { get; init; } = 1;
    public int ByTurn { get; init; } = int.MaxValue;
    public IList<EvaluationTurn> Turns { get; init; } = [];

    /// <exception cref="InvalidDataException">A call of the file makes no sense; says which and why.</exception>
    public static IReadOnlyList<EvaluationCall> Load(string path)
    {
        IDeserializer yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build();
        List<EvaluationCall> calls = yaml.Deserialize<List<EvaluationCall>>(File.ReadAllText(path));
        foreach (EvaluationCall call in calls)
        {
            if (call.Problem() is { } problem)
                throw new InvalidDataException($"{path}: '{call.Name}': {problem}");
        }
        return calls.Select(call => call.Name).Distinct().Count() == calls.Count ? calls : throw new InvalidDataException($"{path}: two calls have the same name.");
    }

    private string? Problem() =>
        Name.Length == 0 || Kind.Length == 0 ? "needs a name and a kind"
        : Agent is not (FrontDesk or Listener) ? $"there is no agent '{Agent}'"
        : Turns.Count == 0 ? "has no turns"
        : Turns.Any(turn => turn.Ways != 1) ? "every turn needs one of say, mumble, keys, silent"
        : Turns.Any(turn => turn.Voice is not null) && Speaker is null ? "a turn has a voice, but the call no speaker"
        : Escalate && (ByTurn > Turns.Count || Since > ByTurn || Since < 1) ? "needs 1 <= since <= by_turn <= turns"
        : null;
}

/// <summary>What a caller does when it is his turn, or over the agent.</summary>
public sealed record EvaluationTurn
{
    public string? Say { get; init; }
    public double? Mumble { get; init; }
    public string? Keys { get; init; }
    public bool Silent { get; init; }
    public string? Voice { get; init; }
    public double? Over { get; init; }
    public double After { get; init; } = 0.8;
    public double Confidence { get; init; } = 0.95;
    public string Reply { get; init; } = "I see.";

    internal int Ways => (Say is null ? 0 : 1) + (Mumble is null ? 0 : 1) + (Keys is null ? 0 : 1) + (Silent ? 1 : 0);
}
