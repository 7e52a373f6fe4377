using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Plans;

public class CampaignFileTests
{
    private const string Start = "agent: a\ndo_not_call: company\nwindow: {open: {monday: \"9:00-10:00\"}}\n";

    public static CampaignPlan Read(string yaml)
    {
        Assert.True(CampaignPlan.TryParse(yaml, "c.yaml", out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        return plan;
    }

    public static IReadOnlyList<ConfigProblem> Problems(string yaml)
    {
        Assert.False(CampaignPlan.TryParse(yaml, "c.yaml", out _, out IReadOnlyList<ConfigProblem> problems));
        return problems;
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_with_its_line()
    {
        IReadOnlyList<ConfigProblem> problems = Problems("""
            agent: a
            windows: {}
            window:
              open: {funday: "9:00-10:00", monday: "9-10"}
              time_zone: Mars/Olympus
            retry:
              attempts: 0
              outcomes: {buzy: 1h, opted_out: 1h, busy: 0s}
            pacing: {calls_per_second: fast}
            caller_ids: {numbers: [12], choose: nearest}
            do_not_call: [national]
            opt_out: {key: 99, languages: [tlh]}
            consent: {recording: ask}
            """);
        Assert.Equal(
            [
                (2, "windows"), (4, "window.open.funday"), (4, "window.open.monday"), (5, "window.time_zone"), (7, "retry.attempts"), (8, "retry.outcomes.buzy"),
                (8, "retry.outcomes.opted_out"), (8, "retry.outcomes.busy.after"), (9, "pacing.calls_per_second"), (10, "caller_ids.numbers"),
                (10, "caller_ids.choose"), (11, "do_not_call"), (12, "opt_out.key"), (12, "opt_out.languages"), (13, "consent.recording"),
            ],
            problems.Select(problem => (problem.Line, problem.Key)));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("[]", "copy config/campaigns/example.yaml")]
    [InlineData("agent: a: b", "not valid YAML")]
    [InlineData("agent: a", "'window' is missing")]
    [InlineData("agent: a\nwindow: {}", "'open' is missing")]
    [InlineData("agent: a\nwindow: {open: {monday: closed}}", "the window never opens")]
    [InlineData(Start + "answering: {on_machine: leave-message}", "there is no message")]
    [InlineData(Start + "answering: {on_fax: ring}", "none of talk, hang-up, leave-message")]
    [InlineData(Start + "caller_ids: {assert: true}", "no number to assert")]
    [InlineData(Start + "retry: {spacing: 1s}", "at least 1m")]
    [InlineData(Start + "retry: {outcomes: {busy: {after: 2h, longest: 1h}}}", "must not be shorter than 'after'")]
    [InlineData(Start + "breaker: {pause: 10m, longest_pause: 1m}", "must not be shorter than 'pause'")]
    [InlineData(Start + "opt_out: {phrases: [no]}", "said in any call")]
    [InlineData(Start + "contacts: {default_country: Germany}", "no country")]
    [InlineData(Start + "ring_timeout: 30", "must be a time such as")]
    public void A_problem_says_what_to_do(string yaml, string words) =>
        Assert.Contains(Problems(yaml), problem => problem.Message.Contains(words, StringComparison.Ordinal));

    [Fact]
    public void Who_asks_not_to_be_called_lands_on_a_list_that_is_read() =>
        Assert.Contains(Problems("agent: a\nwindow: {open: {monday: \"9:00-10:00\"}}"), problem => problem.Message.Contains("do_not_call: [company]", StringComparison.Ordinal));

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secrets.txt")]
    public void A_definition_cannot_read_other_files(string file)
    {
        ConfigProblem problem = Assert.Single(Problems($"agent: a\ndo_not_call: company\nwindow: {{open: {{monday: \"9:00-10:00\"}}, closed_file: {file}}}"));
        Assert.Contains("must lie in the folder", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_is_read()
    {
        CampaignPlan plan = Read(Start + """
            trunk: main
            ring_timeout: 20s
            retry:
              attempts: 3
              spacing: 2h
              outcomes: {busy: {after: 10m, factor: 1.5, longest: 1h, attempts: 2}, no_answer: 1d, machine: never}
            answering: {on_machine: leave-message, message: Call us.}
            caller_ids: {numbers: "+49 30 123456", choose: rotate, privacy: withheld}
            opt_out: {key: none, languages: [de, en]}
            consent: {recording: ask, recording_question: May I?}
            """);
        Assert.Equal(("a", "main", TimeSpan.FromSeconds(20)), (plan.Agent, plan.Trunk, plan.RingTimeout));
        Assert.Equal((3, TimeSpan.FromHours(2), 2), (plan.Retry.Attempts, plan.Retry.Spacing, plan.Retry.Rules.Count));
        Assert.Equal(new RetryRule(TimeSpan.FromMinutes(10)) { Factor = 1.5, Longest = TimeSpan.FromHours(1), Attempts = 2 }, plan.Retry.Rules[AttemptOutcome.Busy]);
        Assert.Equal(TimeSpan.FromDays(1), plan.Retry.Rules[AttemptOutcome.NoAnswer].After);
        Assert.Equal((AnswerAction.LeaveMessage, "Call us."), (plan.Answering.OnMachine, plan.Answering.Message));
        Assert.Equal((CallerIdChoice.Rotate, CallerPrivacy.Withheld), (plan.CallerIds.Choose, plan.CallerIds.Privacy));
        Assert.Equal("+4930123456", Assert.Single(plan.CallerIds.Numbers).Value);
        Assert.Null(plan.OptOut.Key);
        Assert.Equal(RecordingConsent.Ask, plan.Consent.Recording);
    }
}
