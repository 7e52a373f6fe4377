using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Tests.Server;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Plans;

/// <summary><c>config/campaigns/example.yaml</c> names every option, and with what it is when left out.</summary>
public class ExampleCampaignTests
{
    private static readonly string s_file = Path.Combine(Repository.Root, "config", "campaigns", "example.yaml");

    [Fact]
    public void It_is_read_without_a_problem()
    {
        Assert.True(CampaignPlan.TryLoad(s_file, out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        Assert.Equal("concierge", plan.Agent);
        Assert.Equal(9, plan.Window.Closed.Count);
        Assert.Equal(3, plan.CallerIds.Numbers.Count);
        Assert.Equal(["company", "national"], plan.DoNotCallLists);
    }

    /// <summary>The file says of these numbers that they are what is taken when the option is left out.</summary>
    [Fact]
    public void Its_numbers_are_the_usual_ones()
    {
        Assert.True(CampaignPlan.TryLoad(s_file, out CampaignPlan? example, out _));
        CampaignPlan usual = CampaignFileTests.Read("agent: a\nwindow: {open: {monday: \"9:00-10:00\"}}\ndo_not_call: company");
        Assert.Equal(usual.RingTimeout, example.RingTimeout);
        Assert.Equal(usual.Pacing, example.Pacing);
        Assert.Equal(usual.Breaker, example.Breaker);
        Assert.Equal(usual.Answering, example.Answering);
        Assert.Equal(usual.CallerIds.Choose, example.CallerIds.Choose);
        Assert.Equal(usual.CallerIds.Privacy, example.CallerIds.Privacy);
        Assert.Equal(usual.CallerIds.Assert, example.CallerIds.Assert);
        Assert.Equal(usual.Consent.Recording, example.Consent.Recording);
        Assert.Equal((usual.Retry.Attempts, usual.Retry.Spacing), (example.Retry.Attempts, example.Retry.Spacing));
        Assert.Equal(usual.Retry.Rules.OrderBy(rule => rule.Key), example.Retry.Rules.OrderBy(rule => rule.Key));
        Assert.Equal((usual.OptOut.List, usual.OptOut.Key, usual.OptOut.Goodbye), (example.OptOut.List, example.OptOut.Key, example.OptOut.Goodbye));
        Assert.Equal(usual.OptOut.Languages, example.OptOut.Languages);
        Assert.Equal(usual.OptOut.Dispositions, example.OptOut.Dispositions);
        Assert.Equal(usual.Contacts.Number, example.Contacts.Number);
        Assert.Equal(usual.Contacts.TimeZone, example.Contacts.TimeZone);
        Assert.Equal(usual.Contacts.Country, example.Contacts.Country);
    }

    /// <summary>What the reader knows but the example does not name, commented or not, is missing from it.</summary>
    [Theory]
    [InlineData("retry", "attempts spacing outcomes")]
    [InlineData("window", "open closed closed_file time_zone")]
    [InlineData("pacing", "calls_at_once calls_per_second")]
    [InlineData("breaker", "failure_share minimum_calls window pause longest_pause")]
    [InlineData("caller_ids", "numbers choose display_name assert asserted_number privacy")]
    [InlineData("opt_out", "list languages phrases key dispositions goodbye")]
    [InlineData("consent", "disclosure recording recording_question")]
    [InlineData("contacts", "number time_zone country default_country variables")]
    [InlineData("answering", "detect on_machine on_fax on_not_in_service on_busy on_silence message longest_hello pause_after_hello answer_after long_greeting silence revise_for talks_on end_of_greeting beep_timeout machine_phrases person_phrases not_in_service_phrases")]
    public void Every_option_is_in_the_file(string section, string options)
    {
        // An unknown option is answered with those that there are.
        IReadOnlyList<ConfigProblem> problems = CampaignFileTests.Problems($"agent: a\n{section}: {{zzzzzzzzzzzzzzzzzzzzzzzz: 1}}");
        string message = problems.First(problem => problem.Key == $"{section}.zzzzzzzzzzzzzzzzzzzzzzzz").Message;
        string[] known = message[(message.IndexOf("there are: ", StringComparison.Ordinal) + 11)..].Split(", ");
        Assert.Equal(options.Split(' ').Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));

        string[] lines = File.ReadAllLines(s_file);
        int start = Array.IndexOf(lines, $"{section}:");
        IEnumerable<string> body = lines.Skip(start + 1).TakeWhile(line => line.Length == 0 || line[0] == ' ');
        Assert.All(known, option => Assert.Contains(body, line => line.TrimStart(' ', '#').StartsWith($"{option}:", StringComparison.Ordinal)));
    }
}
