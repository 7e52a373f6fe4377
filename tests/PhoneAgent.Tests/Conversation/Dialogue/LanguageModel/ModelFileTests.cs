using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Tests.Server;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

/// <summary>The sections of an agent file for a model; the line of a mistake is the one marked with <c># here</c>.</summary>
public sealed class ModelFileTests : IDisposable
{
    private const string Good = """
        name: test
        human: { target: "200" }
        model:
          temperature: 0.4
          max_tokens: 200
          token_budget: 4000
          rules: ["Be kind."]
        tools:
          person: transfer
          bye: { type: hang_up, dispositions: [done] }
          file: { type: disposition, values: [a, b] }
          look:
            type: lookup
            lookup: things
            parameters: { number: { description: "its number", pattern: "^[0-9]+$" } }
          other: { type: hand_over, agents: { billing: invoices } }
          find: search
          shop: { type: server, only: [one] }
        lookups:
          things: { csv: things.csv, key: id }
        knowledge:
          folder: facts
        after_call:
          dispositions: [done]
          fields:
            reason: { type: choice, values: [a, b] }
        languages:
          de-DE: anna
          fr: { voice: luc, wordings: { silent: "Vous êtes là ?" } }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("model-file-").FullName;

    public ModelFileTests()
    {
        File.WriteAllText(Path.Combine(_folder, "things.csv"), "id,colour\n1,red\n");
        Directory.CreateDirectory(Path.Combine(_folder, "facts"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_with_a_model_needs_no_steps()
    {
        AgentDefinition agent = Load(Good, out IReadOnlyList<ConfigProblem> problems)!;
        Assert.Empty(problems);
        Assert.Equal(0.4, agent.Model!.Temperature);
        Assert.Equal(200, agent.Model.MaxTokens);
        Assert.Equal(["Be kind."], agent.Model.Rules);
        Assert.Equal(["person", "bye", "file", "look", "other", "find", "shop"], agent.Tools.Select(tool => tool.Name));
        Assert.Equal("200", Assert.IsType<ToolDefinition.Transfer>(agent.Tools[0]).Targets["person"]);
        Assert.Equal("{number}", Assert.IsType<ToolDefinition.Lookup>(agent.Tools[3]).Key.Source);
        Assert.Equal("shop", Assert.IsType<ToolDefinition.Server>(agent.Tools[6]).Of);
        Assert.Equal(Path.Combine(_folder, "facts"), agent.Knowledge!.Folder);
        Assert.Equal(AfterCallType.Choice, Assert.Single(agent.AfterCall!.Fields).Type);
        Assert.Equal(["de-DE", "fr"], agent.Languages.Select(language => language.Tag));
        Assert.NotNull(agent.Languages[1].Wordings);
    }

    [Theory]
    [InlineData("  temperature: 0.4", "  temperature: 3 # here", "model.temperature", "must be a number from 0 to 2")]
    [InlineData("  max_tokens: 200", "  max_tokens: lots # here", "model.max_tokens", "must be a whole number")]
    [InlineData("  max_tokens: 200", "  max_token: 200 # here", "model.max_token", "did you mean 'max_tokens'?")]
    [InlineData("  token_budget: 4000", "  token_budget: 1000 # here\n  max_sentences: 3", "model.token_budget", "at least twice 'max_tokens'", "max_tokens: 200", "max_tokens: 600")]
    [InlineData("  rules: [\"Be kind.\"]", "  greeting: \"Hello {nam}\" # here", "model.greeting", "nothing sets {nam}")]
    [InlineData("  rules: [\"Be kind.\"]", "  first_token_within: soon # here", "model.first_token_within", "must be a time such as '8s'")]
    [InlineData("  person: transfer", "  person: tranfer # here", "tools.person.type", "did you mean 'transfer'?")]
    [InlineData("  person: transfer", "  Person: transfer # here", "tools.Person", "a name has lower-case letters")]
    [InlineData("  person: transfer", "  per.son: transfer # here", "tools.per.son", "no point")]
    [InlineData("  person: transfer", "  person: { type: transfer, target: \"1\" } # here", "tools.person.target", "did you mean 'targets'?")]
    [InlineData("  file: { type: disposition, values: [a, b] }", "  file: disposition # here", "tools.file", "'values' is missing")]
    [InlineData("    lookup: things", "    lookup: thing # here", "tools.look.lookup", "did you mean 'things'?")]
    [InlineData("pattern: \"^[0-9]+$\" } }", "pattern: \"[0-9\" } } # here", "tools.look.parameters.number.pattern", "is no regular expression")]
    [InlineData("pattern: \"^[0-9]+$\" } }", "pattern: \"^[0-9]+$\" } }\n    key: \"{numbr}\" # here", "tools.look.key", "did you mean 'number'?")]
    [InlineData("  other: { type: hand_over, agents: { billing: invoices } }", "  other: hand_over # here", "tools.other", "'agents' is missing")]
    [InlineData("  folder: facts", "  folder: fact # here", "knowledge.folder", "there is no folder")]
    [InlineData("reason: { type: choice, values: [a, b] }", "reason: { type: chioce, values: [a, b] } # here", "after_call.fields.reason.type", "did you mean 'choice'?")]
    [InlineData("reason: { type: choice, values: [a, b] }", "reason: { type: choice } # here", "after_call.fields.reason", "'values' is missing")]
    [InlineData("  de-DE: anna", "  german: anna # here", "languages.german", "must be a language tag")]
    public void Names_the_mistake_with_its_line(string right, string wrong, string key, string message, string? alsoRight = null, string? alsoWrong = null)
    {
        Assert.Contains(right, Good, StringComparison.Ordinal);
        string text = Good.Replace(right, wrong, StringComparison.Ordinal);
        if (alsoRight is not null)
            text = text.Replace(alsoRight, alsoWrong, StringComparison.Ordinal);
        int line = text.Split('\n').ToList().FindIndex(row => row.Contains("# here", StringComparison.Ordinal)) + 1;
        Assert.Null(Load(text, out IReadOnlyList<ConfigProblem> problems));
        ConfigProblem found = problems.FirstOrDefault(problem => problem.Key == key && problem.Message.Contains(message, StringComparison.Ordinal))
            ?? throw new InvalidOperationException(string.Join('\n', problems));
        Assert.Equal(line, found.Line);
    }

    [Theory]
    [InlineData("human: { target: \"200\" }\n", "tools.person", "needs 'targets', or 'human'")]
    [InlineData("knowledge:\n  folder: facts\n", "tools.find", "needs the section 'knowledge'")]
    [InlineData("    parameters: { number: { description: \"its number\", pattern: \"^[0-9]+$\" } }\n", "tools.look", "'parameters' is missing")]
    public void Names_what_a_tool_lacks(string gone, string key, string message)
    {
        Assert.Contains(gone, Good, StringComparison.Ordinal);
        Assert.Null(Load(Good.Replace(gone, "", StringComparison.Ordinal), out IReadOnlyList<ConfigProblem> problems));
        Assert.Contains(problems, problem => problem.Key == key && problem.Message.Contains(message, StringComparison.Ordinal) && problem.Line > 0);
    }

    [Fact]
    public void Sections_for_a_model_need_one()
    {
        string text = string.Concat(Good.Split('\n').Where(line => !line.StartsWith("model", StringComparison.Ordinal) && !(line.StartsWith("  ", StringComparison.Ordinal) && Good.IndexOf(line, StringComparison.Ordinal) < Good.IndexOf("tools:", StringComparison.Ordinal))).Select(line => line + "\n"))
            + "start: a\nsteps:\n  a: { say: Hello., hang_up: done }\n";
        Assert.Null(Load(text, out IReadOnlyList<ConfigProblem> problems));
        Assert.Equal(["tools", "knowledge", "languages"], problems.Where(problem => problem.Message.Contains("only a language model uses this", StringComparison.Ordinal)).Select(problem => problem.Key));
    }

    [Fact]
    public void The_concierge_is_right_and_shows_every_option()
    {
        string file = Path.Combine(Repository.Root, "config/agents/concierge.yaml");
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        Assert.NotEmpty(agent.Steps);
        Assert.NotEmpty(agent.Tools);
        string text = File.ReadAllText(file);
        foreach (string option in (string[])["temperature", "max_tokens", "token_budget", "rules", "topics_refused", "never_say", "greeting", "max_sentences", "max_characters", "first_token_within", "stalls_after", "tool_rounds", "filler_after", "retry_after", "tell_caller_number", "passages", "each_turn", "dispositions", "languages", "summary"])
            Assert.Contains($"{option}:", text, StringComparison.Ordinal);
        foreach (string type in (string[])["transfer", "hang_up", "send_dtmf", "message", "callback", "disposition", "lookup", "hand_over", "search", "server"])
            Assert.Contains($"#   {type} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hand_over_is_an_end_of_a_step()
    {
        AgentDefinition agent = Load("name: test\nstart: a\nsteps:\n  a: { say: Hello., hand_over: robin, reason: why }\n", out IReadOnlyList<ConfigProblem> problems)!;
        Assert.Empty(problems);
        Assert.Equal("robin", Assert.IsType<StepEnd.HandOver>(agent.Steps["a"].End).Agent);
    }

    private AgentDefinition? Load(string text, out IReadOnlyList<ConfigProblem> problems)
    {
        string file = Path.Combine(_folder, "test.yaml");
        File.WriteAllText(file, text);
        return AgentDefinition.TryLoad(file, out AgentDefinition? agent, out problems) ? agent : null;
    }
}
