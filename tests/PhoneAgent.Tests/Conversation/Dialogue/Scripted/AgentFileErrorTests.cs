using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

/// <summary>Every mistake in an agent file is named with its line; the line is the one marked with <c># here</c>.</summary>
public sealed class AgentFileErrorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-file-").FullName;

    private const string Good = """
        name: test
        start: menu
        slots:
          number: { type: digits, min: 4, max: 4 }
        intents:
          hours:
            key: 1
            phrases: ["when are you open"]
        lookups:
          things:
            csv: things.csv
            key: id
        steps:
          menu:
            ask: "Hello?"
            expect: [hours, number]
            on: { hours: tell }
            next: find
          tell:
            say: "Always."
            next: menu
          find:
            lookup: things
            key: "{number}"
            found: show
            not_found: menu
            failed: menu
          show:
            say: "It is {things.colour} {number|digits}."
            hang_up: done

        """;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_file_the_cases_are_made_of_is_right() => Assert.Empty(Load(Good));

    [Theory]
    [InlineData("start: menu", "start: mneu # here", "start", "there is no step 'mneu'; did you mean 'menu'?")]
    [InlineData("on: { hours: tell }", "on: { hours: tall } # here", "steps.menu.on.hours", "there is no step 'tall'; did you mean 'tell'?")]
    [InlineData("on: { hours: tell }", "on: { hour: tell, hours: tell } # here", "steps.menu.on.hour", "does not expect 'hour'; did you mean 'hours'?")]
    [InlineData("expect: [hours, number]", "expect: [hours, numbr, number] # here", "steps.menu.expect", "'numbr' is no slot and no intent; did you mean 'number'?")]
    [InlineData("    say: \"Always.\"", "    say: \"Always {numbr}.\" # here", "steps.tell.say", "nothing sets {numbr}; did you mean 'number'?")]
    [InlineData("    say: \"Always.\"", "    say: \"Always {number.\" # here", "steps.tell.say", "is never closed")]
    [InlineData("    say: \"Always.\"", "    say: \"Always {number|digit}.\" # here", "steps.tell.say", "'digit' is no spoken form; did you mean 'digits'?")]
    [InlineData("    say: \"Always.\"", "    sya: \"Always.\" # here", "steps.tell.sya", "unknown property; did you mean 'say'?")]
    [InlineData("    say: \"Always.\"\n", "    say: \"Always.\"\n    say: \"Twice.\" # here\n", "steps.tell.say", "already in line 20")]
    [InlineData("phrases: [\"when are you open\"]", "phrases: [\"when (are you open\"] # here", "intents.hours.phrases", "'(' at character 6 is never closed")]
    [InlineData("phrases: [\"when are you open\"]", "phrases: [\"When are you open\"] # here", "intents.hours.phrases", "lower case")]
    [InlineData("phrases: [\"when are you open\"]", "phrases: [\"[when] [are you open]\"] # here", "intents.hours.phrases", "silence would match")]
    [InlineData("phrases: [\"when are you open\"]", "phrases: [\"my number is {number}\"] # here", "intents.hours.phrases", "{number} is no slot of type date or choice")]
    [InlineData("key: 1\n", "key: 0 # here\n", "intents.hours.key", "must be a key from 1 to 9")]
    [InlineData("type: digits, min: 4, max: 4 }", "type: digit, min: 4, max: 4 } # here", "slots.number.type", "'digit' is no type of slot; did you mean 'digits'?")]
    [InlineData("min: 4, max: 4 }", "min: 4, max: 3 } # here", "slots.number.max", "must not be below 'min'")]
    [InlineData("min: 4, max: 4 }", "min: four, max: 4 } # here", "slots.number.min", "must be a whole number")]
    [InlineData("min: 4, max: 4 }", "min: 4, max: 4, confirm: maybe } # here", "slots.number.confirm", "must be always, unclear or never")]
    [InlineData("csv: things.csv", "csv: thinks.csv # here", "lookups.things.csv", "cannot be read")]
    [InlineData("    key: id", "    key: number # here", "lookups.things.key", "there is no column 'number'; there are: id, colour")]
    [InlineData("{things.colour}", "{things.color}", "steps.show.say", "nothing sets {things.color}; did you mean 'things.colour'?", 29)]
    [InlineData("lookup: things", "lookup: thing # here", "steps.find.lookup", "there is no lookup 'thing'; did you mean 'things'?")]
    [InlineData("    next: find\n", "", "steps.menu", "what follows when the caller answers 'number'?", 14)]
    [InlineData("    next: menu\n", "", "steps.tell", "the step leads nowhere", 19)]
    [InlineData("    next: menu\n", "    next: menu\n    hang_up: now\n", "steps.tell", "ends in several ways (hang_up, next)", 19)]
    [InlineData("    hang_up: done\n", "    hang_up: done\n  lonely: # here\n    hang_up: done\n", "steps.lonely", "no step leads here")]
    [InlineData("    not_found: menu", "    not_found: find", "steps.find", "find → find go round without ever listening", 22)]
    [InlineData("    next: menu\n", "    branch: [{ if: number =, next: menu }, { else: menu }] # here\n", "steps.tell.branch[0].if", "is not a test")]
    [InlineData("    next: menu\n", "    branch: [{ if: number, next: menu }] # here\n", "steps.tell.branch[0]", "must be 'else: step'")]
    [InlineData("    next: menu\n", "    transfer: \"{agent.human}\" # here\n", "steps.tell.transfer", "needs 'human' with a 'target'")]
    [InlineData("name: test\n", "", "", "'name' is missing", 1)]
    [InlineData("name: test\n", "name: test\nlanguage: de-DE # here\n", "language", "only English")]
    [InlineData("name: test\n", "name: test\nconfidence: { accept: 0.4, confirm: 0.5 } # here\n", "confidence.confirm", "must not be above 'accept'")]
    [InlineData("name: test\n", "name: test\nlimits: { silence: long } # here\n", "limits.silence", "must be a time such as '8s'")]
    [InlineData("name: test\n", "name: test\nwordings: { silnt: \"Hey!\" } # here\n", "wordings.silnt", "did you mean 'silent'?")]
    [InlineData("name: test\n", "name: test\nwordings: { did_you_say: \"{herd}?\" } # here\n", "wordings.did_you_say", "did you mean 'heard'?")]
    [InlineData("name: test\n", "name: test\ncommands: { goodbye: by } # here\n", "commands.goodbye", "there is no step 'by'")]
    [InlineData("    csv: things.csv\n    key: id\n", "    http: shop/{key} # here\n    fields: { colour: $.colour }\n", "lookups.things.http", "must be an http:// or https:// address")]
    [InlineData("    csv: things.csv\n    key: id\n", "    http: http://localhost/{key}\n    fields: { colour: $..x } # here\n", "lookups.things.fields.colour", "must be a path")]
    [InlineData("    csv: things.csv\n    key: id\n", "    http: http://localhost/{key}\n    headers: { authorization: \"{env.NO_SUCH_THING}\" } # here\n    fields: { colour: $.c }\n", "lookups.things.headers.authorization", "NO_SUCH_THING is not set")]
    [InlineData("name: test\n", "name: test\npronunciation: { GIF: \"\" } # here\n", "pronunciation.GIF", "must say how it is said")]
    [InlineData("name: test\n", "name: test\npronunciation: [GIF] # here\n", "pronunciation", "must have properties of its own")]
    [InlineData("name: test\n", "name: test\nfillers: { a: b } # here\n", "fillers", "must be a text or a list of texts")]
    [InlineData("name: test\n", "name: test\nambience: { file: no.wav } # here\n", "ambience.file", "cannot be the background")]
    [InlineData("    say: \"Always.\"", "    say: { frustrated: \"Sorry. Always.\" } # here", "steps.tell.say", "'usual' is missing")]
    [InlineData("    say: \"Always.\"", "    say: { usual: \"Always.\", angry: \"Sorry. Always.\" } # here", "steps.tell.say.angry", "unknown property")]
    [InlineData("    say: \"Always.\"", "    say: { usual: \"Always.\", sad: \"{numbr}\" } # here", "steps.tell.say.sad", "nothing sets {numbr}")]
    [InlineData("name: test\n", "name: test\nmoods: { frustrated: { pause: 2s } } # here\n", "moods.frustrated.pause", "at most 1s")]
    [InlineData("name: test\n", "name: test\nmoods: { angry: { rate: 0.9 } } # here\n", "moods.angry", "unknown property")]
    [InlineData("name: test\n", "name: test\nescalation: { model_reading: maybe } # here\n", "escalation.model_reading", "must be true or false")]
    [InlineData("name: test\n", "name: test\nambience: { file: things.csv } # here\n", "ambience.file", "not a WAV file")]
    public void Names_the_mistake_with_its_line(string right, string wrong, string key, string message, int line = 0)
    {
        string text = Good.Replace("\r", "", StringComparison.Ordinal);
        Assert.Contains(right, text, StringComparison.Ordinal);
        int at = text.IndexOf(right, StringComparison.Ordinal);
        text = text[..at] + wrong + text[(at + right.Length)..];
        int expected = line > 0 ? line : text.Split('\n').ToList().FindIndex(row => row.Contains("# here", StringComparison.Ordinal)) + 1;
        IReadOnlyList<ConfigProblem> problems = Load(text);
        Assert.Contains(problems, problem => problem.Key == key && problem.Message.Contains(message, StringComparison.Ordinal));
        ConfigProblem found = problems.First(problem => problem.Key == key && problem.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(expected, found.Line);
        Assert.True(found.Column > 0);
        Assert.Single(problems);
    }

    [Fact]
    public void Tells_all_mistakes_at_once_in_the_order_of_the_file()
    {
        string text = Good.Replace("when are you open", "when (are you", StringComparison.Ordinal)
            .Replace("failed: menu", "failed: men", StringComparison.Ordinal)
            .Replace("\"Always.\"", "\"Always {x}.\"", StringComparison.Ordinal)
            .Replace("name: test", "name: test\ncolour: red", StringComparison.Ordinal);
        Assert.Equal([2, 9, 21, 28], Load(text).Select(problem => problem.Line));
    }

    [Fact]
    public void Names_the_bad_rows_of_a_table()
    {
        IReadOnlyList<ConfigProblem> problems = Load(Good, "id,colour\n1,red\n2\n1,blue\n,green\n");
        Assert.All(problems, problem => Assert.EndsWith("things.csv", problem.File, StringComparison.Ordinal));
        Assert.Equal([3, 4, 5], problems.Select(problem => problem.Line).Order());
    }

    [Theory]
    [InlineData("a: [1, 2", 1)]
    [InlineData("a: b: c", 1)]
    [InlineData("", 1)]
    [InlineData("- just\n- a list", 1)]
    public void Refuses_what_is_no_agent_file(string text, int atLeastLine)
    {
        ConfigProblem problem = Assert.Single(Load(text));
        Assert.True(problem.Line >= atLeastLine);
    }

    [Fact]
    public void Refuses_a_file_that_is_not_there()
    {
        Assert.False(AgentDefinition.TryLoad(Path.Combine(_folder, "nobody.yaml"), out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems));
        Assert.Null(agent);
        Assert.Contains("cannot be read", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ConfigProblem> Load(string text, string table = "id,colour\n1234,red\n")
    {
        File.WriteAllText(Path.Combine(_folder, "things.csv"), table);
        string file = Path.Combine(_folder, "agent.yaml");
        File.WriteAllText(file, text);
        bool loaded = AgentDefinition.TryLoad(file, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems);
        Assert.Equal(loaded, problems.Count == 0);
        Assert.Equal(loaded, agent is not null);
        return problems;
    }
}
