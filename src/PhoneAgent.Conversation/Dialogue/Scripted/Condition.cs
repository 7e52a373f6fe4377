using System.Diagnostics.CodeAnalysis;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>
/// The test of a branch: <c>name</c> (known and not empty), <c>not name</c>, <c>name == value</c>, <c>name != value</c>, joined by
/// <c>and</c>. Nothing more on purpose: what needs more is a lookup.
/// </summary>
public sealed class Condition
{
    private readonly IReadOnlyList<(string Variable, string? Value, bool Negated)> _tests;

    private Condition(IReadOnlyList<(string, string?, bool)> tests) => _tests = tests;

    public IEnumerable<string> Variables => _tests.Select(test => test.Variable);

    public static bool TryParse(string text, [NotNullWhen(true)] out Condition? condition, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (condition, error) = (null, null);
        var tests = new List<(string, string?, bool)>();
        foreach (string part in text.Split(" and ", StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split(["==", "!="], StringSplitOptions.TrimEntries);
            bool negated = part.Contains("!=", StringComparison.Ordinal);
            string name = sides[0];
            if (sides.Length == 1 && name.StartsWith("not ", StringComparison.Ordinal))
                (name, negated) = (name[4..].Trim(), true);
            if (sides.Length > 2 || !Template.IsName(name))
            {
                error = $"'{part}' is not a test; write 'name', 'not name', 'name == value' or 'name != value'";
                return false;
            }
            tests.Add((name, sides.Length == 2 ? sides[1].Trim('"', '\'') : null, negated));
        }
        condition = new Condition(tests);
        return true;
    }

    public bool IsTrue(Func<string, string> value) => _tests.All(test =>
    {
        string actual = value(test.Variable);
        bool holds = test.Value is null ? actual.Length > 0 : string.Equals(actual, test.Value, StringComparison.OrdinalIgnoreCase);
        return holds != test.Negated;
    });
}
