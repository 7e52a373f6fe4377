using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Campaigns;

/// <summary>Whole calls of a campaign, on its database: what may be recorded, and what is kept as proof.</summary>
public sealed class ContactTalkTests : IAsyncLifetime
{
    private const string Disclosure = "This is an automated assistant of Example.";

    private readonly VirtualTime _time = new();
    private TestDatabase _database = null!;
    private CampaignStore _store = null!;
    private PhoneNumber _number;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.SqliteAsync();
        _store = new CampaignStore(_database.Database, _time);
        Assert.True(PhoneNumber.TryCreate("+49305551001", out _number));
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Nothing_is_recorded_before_the_contact_said_yes_and_the_yes_is_kept()
    {
        (ScriptedCall call, long? opened) = await TalkAsync("ask", call => call.Say(at: 8, "yes you may"));
        TimeSpan yes = call.EventsOf<TimelineEvent.Final>().Single().At;
        Assert.NotNull(opened);
        Assert.InRange(AudioFormat.ToTime(opened.Value * AudioFormat.FrameSamples), yes, yes + TimeSpan.FromSeconds(1));

        ConsentRecord[] kept = await ProofAsync();
        Assert.Equal([(ConsentKind.DisclosureHeard, Disclosure), (ConsentKind.RecordingGranted, "yes you may")], kept.Select(proof => (proof.Kind, proof.Words)));
        Assert.All(kept, proof => Assert.Equal("one", proof.CallId));
        Assert.InRange(kept[1].MediaTime, yes, yes + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("no thanks", "no thanks")]
    [InlineData("what is this about", "")] // asked twice, and no yes is a no
    public async Task Without_a_yes_nothing_is_recorded_and_the_agent_goes_on(string says, string words)
    {
        (ScriptedCall call, long? opened) = await TalkAsync("ask", call => call.Say(at: 8, says).Mumble(at: 16).Mumble(at: 24));
        Assert.Null(opened);
        Assert.Contains(call.EventsOf<TimelineEvent.AgentSentence>(), said => said.Text == "Agent's hello.");
        Assert.Equal((ConsentKind.RecordingRefused, words), (await ProofAsync()).Where(proof => proof.Kind != ConsentKind.DisclosureHeard).Select(proof => (proof.Kind, proof.Words)).Single());
    }

    [Theory]
    [InlineData("always", 0L)]
    [InlineData("never", null)]
    public async Task The_campaign_decides_where_nobody_is_asked(string recording, long? expected)
    {
        (_, long? opened) = await TalkAsync(recording, _ => { });
        Assert.Equal(expected, opened);
        Assert.Equal(ConsentKind.DisclosureHeard, Assert.Single(await ProofAsync()).Kind);
    }

    /// <returns>The call that is over, and the frame from which its sound was kept; null: never.</returns>
    private async Task<(ScriptedCall Call, long? Opened)> TalkAsync(string recording, Action<ScriptedCall> script)
    {
        string definition = $$"""
            agent: front-desk
            window: {open: {monday-sunday: "0:00-24:00"}, time_zone: Europe/Berlin}
            answering: {detect: false}
            do_not_call: [company]
            consent: {disclosure: {{Disclosure}}, recording: {{recording}}{{(recording == "ask" ? ", recording_question: \"May I record this call?\"" : "")}}}
            """;
        Assert.True(CampaignPlan.TryParse(definition, "spring.yaml", out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        var campaign = new Campaign { Id = "spring", Agent = plan!.Agent, Definition = definition, DoNotCallLists = plan.DoNotCallLists };
        await _store.CreateAsync(campaign, default);
        using var wishes = new ContactWishes(_store, new DoNotCallStore(_database.Database, _time), _time, NullLogger<ContactWishes>.Instance);
        var contact = new Contact { Id = 1, CampaignId = campaign.Id, Number = _number, State = ContactState.Leased };
        var attempt = new Attempt { Id = 1, ContactId = 1, CampaignId = campaign.Id, Number = 1, StartedAt = _time.GetUtcNow(), Node = "here" };
        var talk = new ContactTalk(new CallOrder(campaign, plan, contact, attempt, new CallerIdentity()), "one", wishes);
        var agent = new FakeDialogue(turn => [new DialogueAction.Say(turn is DialogueTurn.CallStarted ? "Agent's hello." : "Agent's answer."), new DialogueAction.Listen(Expectation.Nothing)]);
        var around = Assert.IsType<TalkingAgent>(talk.Around(new TalkingAgent("front-desk", new CallSessionOptions(), _ => agent)));
        var info = new CallInfo { Id = "one", Direction = CallDirection.Outbound, RemoteParty = _number.Value, LocalParty = "agent" };

        long? opened = null;
        CallRecording? kept = talk.Recording.Open(() => new CallRecording(before =>
        {
            opened = before;
            return new WavRecorder(() => new MemoryStream(), _time, before);
        }));
        await using var call = new ScriptedCall(_ => [], around.Session, dialogue: around.CreateDialogue(info), recorder: kept, direction: CallDirection.Outbound);
        talk.Timeline = call.Session.Timeline;
        script(call);
        await call.RunAsync(until: 40);
        await talk.EndAsync();
        if (kept is not null)
            await kept.DisposeAsync();
        return (call, opened);
    }

    private async Task<ConsentRecord[]> ProofAsync()
    {
        List<ConsentRecord> proof = [];
        await foreach (ConsentRecord one in _store.ConsentsAsync(_number, default))
            proof.Add(one);
        return [.. proof.OrderBy(one => one.MediaTime)];
    }
}
