using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Humans;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

/// <summary>The section <c>human</c> of an agent file; the line of a mistake is the one marked with <c># here</c>.</summary>
public sealed class HumanSectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("human-section-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Steps = """

        start: menu
        slots:
          more: { type: yes_no }
        steps:
          menu:
            ask: "Hello?"
            expect: more
            on: { yes: connect, no: sorry }
          connect:
            transfer: "{agent.human}"
            reason: billing
            skill: billing
          sorry:
            say: "Nobody."
            hang_up: done
        """;

    private const string Full = """
        name: test
        human:
          targets:
            - "200"
            - target: sip:anna@example.com
              skills: [billing, sales]
              ring_timeout: 12s
              hours: { time_zone: UTC, open: { sat-sun: "0:00-24:00" } }
          order: round_robin
          mode: bridged
          ring_timeout: 30s
          hours:
            time_zone: Europe/Berlin
            open:
              monday-thursday: ["9:00-12:30", "13:30-18:00"]
              fri: "22:00-6:00"
            closed: ["12-25", "2026-12-24"]
          nobody:
            target: "+49301234567"
            step: sorry
            offer: callback
        """;

    private (AgentDefinition? Agent, IReadOnlyList<ConfigProblem> Problems) Load(string text)
    {
        string path = Path.Combine(_folder, "agent.yaml");
        File.WriteAllText(path, text);
        AgentDefinition.TryLoad(path, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems);
        return (agent, problems);
    }

    [Fact]
    public void The_short_form_is_one_number()
    {
        HumanPlan plan = Load("name: test\nhuman:\n  target: \"200\"\n" + Steps.Replace("    skill: billing\n", "")).Agent!.Humans!;
        Assert.Equal("200", Assert.Single(plan.Targets).Number);
        Assert.Null(plan.Hours);
        Assert.Null(plan.Mode);
    }

    [Fact]
    public void The_long_form_says_everything()
    {
        (AgentDefinition? agent, IReadOnlyList<ConfigProblem> problems) = Load(Full + Steps);
        Assert.Empty(problems);
        HumanPlan plan = agent!.Humans!;
        Assert.Equal(("200", HumanOrder.RoundRobin, TransferMode.Bridged, 30), (agent.HumanTarget, plan.Order, plan.Mode, plan.RingTimeout?.TotalSeconds));
        Assert.Equal(["billing", "sales"], plan.Targets[1].Skills);
        Assert.Equal(12, plan.Targets[1].RingTimeout?.TotalSeconds);
        Assert.Equal(("+49301234567", "sorry", NobodyOffer.Callback), (plan.LastResort!.Number, plan.Step, plan.Offer));
        // 12:00 UTC on Monday the 1st of June is 14:00 in Berlin; 11:00 is lunch.
        Assert.True(plan.Hours!.IsOpen(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero)));
        Assert.False(plan.Hours.IsOpen(new DateTimeOffset(2026, 6, 1, 11, 0, 0, TimeSpan.Zero)));
        Assert.True(plan.Hours.IsOpen(new DateTimeOffset(2026, 6, 6, 1, 0, 0, TimeSpan.Zero)));
        Assert.False(plan.Hours.IsOpen(new DateTimeOffset(2026, 12, 24, 9, 0, 0, TimeSpan.Zero)));
        Assert.False(plan.Hours.IsOpen(new DateTimeOffset(2028, 12, 25, 9, 0, 0, TimeSpan.Zero)));
        Assert.True(plan.Targets[1].Hours!.IsOpen(new DateTimeOffset(2026, 6, 7, 23, 59, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("  order: round_robin", "  order: roundrobin # here", "human.order", "'roundrobin' is none of in_order, round_robin")]
    [InlineData("  mode: bridged", "  mode: brigded # here", "human.mode", "did you mean 'bridged'?")]
    [InlineData("  ring_timeout: 30s", "  ring_timeout: 30 # here", "human.ring_timeout", "must be a time such as")]
    [InlineData("time_zone: Europe/Berlin", "time_zone: Europe/Berln # here", "human.hours.time_zone", "there is no time zone 'Europe/Berln'")]
    [InlineData("fri: \"22:00-6:00\"", "fry: \"22:00-6:00\" # here", "human.hours.open.fry", "'fry' is no day")]
    [InlineData("fri: \"22:00-6:00\"", "thu: \"22:00-6:00\" # here", "human.hours.open.thu", "Thursday is named already")]
    [InlineData("fri: \"22:00-6:00\"", "fri: \"22:00\" # here", "human.hours.open.fri", "'22:00' is no time of opening")]
    [InlineData("fri: \"22:00-6:00\"", "fri: \"25:00-6:00\" # here", "human.hours.open.fri", "'25:00-6:00' is no time of opening")]
    [InlineData("closed: [\"12-25\", \"2026-12-24\"]", "closed: [\"25.12.\"] # here", "human.hours.closed", "'25.12.' is no date")]
    [InlineData("    step: sorry", "    step: sory # here", "human.nobody.step", "there is no step 'sory'; did you mean 'sorry'?")]
    [InlineData("    offer: callback", "    offer: coffee # here", "human.nobody.offer", "none of both, message, callback")]
    [InlineData("    skill: billing", "    skill: biling # here", "steps.connect.skill", "has the skill 'biling'; did you mean 'billing'?")]
    [InlineData("    - \"200\"", "    - [\"200\"] # here", "human.targets[0]", "must be a number")]
    [InlineData("      ring_timeout: 12s", "      ring_time: 12s # here", "human.targets[1].ring_time", "unknown property; did you mean 'ring_timeout'?")]
    [InlineData("  targets:", "  target: \"100\"\n  targets: # here", "human.targets", "there is 'target' already")]
    public void A_mistake_is_named_with_its_line(string right, string wrong, string key, string message)
    {
        string text = (Full + Steps).Replace(right, wrong, StringComparison.Ordinal);
        int line = text.Split('\n').ToList().FindIndex(each => each.EndsWith("# here", StringComparison.Ordinal)) + 1;
        ConfigProblem problem = Assert.Single(Load(text).Problems, each => each.Key == key);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
    }

    [Fact]
    public void A_section_without_anybody_says_what_is_missing() =>
        Assert.Contains(Load("name: test\nhuman:\n  order: in_order\n" + Steps).Problems, problem => problem.Key == "human" && problem.Message.Contains("'target' is missing", StringComparison.Ordinal));
}
