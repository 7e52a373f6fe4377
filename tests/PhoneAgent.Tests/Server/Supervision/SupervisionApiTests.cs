using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Supervision;

public sealed class SupervisionApiTests
{
    private static readonly string[] All = ["whisper", "say", "mark", "transfer", "take-over", "hand-back", "hold", "resume", "hang-up"];

    public static TheoryData<string> Actions => new(All);

    private static object BodyOf(string action) => action is "whisper" or "say" or "mark" ? new { text = "Hello." } : action == "transfer" ? new { target = "200" } : new { };

    [Fact]
    public async Task Nobody_acts_without_a_key_or_with_a_wrong_one()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        string reads = rig.Key(ApiScope.Read, ApiScope.Talk);
        foreach (string action in All)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.PostAsync(action, BodyOf(action))).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.PostAsync(action, BodyOf(action), "pa_00000000_nonsense")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await rig.PostAsync(action, BodyOf(action), reads)).StatusCode);
        }
        Assert.Empty(rig.Script.EventsOf<TimelineEvent.Supervised>());
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Every_action_reaches_the_call_with_the_name_of_who_acts(string action)
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        string key = rig.Key(ApiScope.Act);
        await rig.TickAsync(10);
        if (action is "hand-back")
            await rig.PostAsync("take-over", null, key);
        if (action is "resume")
            await rig.PostAsync("hold", null, key);

        using HttpResponseMessage response = await rig.PostAsync(action, BodyOf(action), key);

        bool possible = action != "whisper"; // the fake dialogue is a script
        Assert.Equal(possible ? HttpStatusCode.OK : HttpStatusCode.Conflict, response.StatusCode);
        JsonNode result = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(possible, result["done"]!.GetValue<bool>());
        if (action == "hang-up")
            await rig.UntilAsync(() => rig.Script.Events[^1] is TimelineEvent.Ended);
        Assert.Equal("crm", rig.Script.EventsOf<TimelineEvent.Supervised>().Last().User);
    }

    [Fact]
    public async Task What_is_not_possible_now_is_a_conflict_with_the_reason()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using HttpResponseMessage response = await rig.PostAsync("hand-back", new { }, rig.Key(ApiScope.Act));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("""{"done":false,"reason":"Nobody has taken the call over."}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":7}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.Conflict)]
    public async Task A_body_that_is_no_action_does_nothing(string body, HttpStatusCode expected)
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/live/{SupervisedRig.CallId}/say") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(ApiKeyHandler.Header, rig.Key(ApiScope.Act));

        Assert.Equal(expected, (await rig.Http.Client.SendAsync(request)).StatusCode);
        Assert.Empty(rig.Script.EventsOf<TimelineEvent.Supervised>());
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_not_read()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await rig.PostAsync("say", new { text = new string('a', 20_000) }, rig.Key(ApiScope.Act))).StatusCode);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("..%2F..%2Fetc")]
    public async Task A_call_that_is_not_there_is_not_found(string call)
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await rig.PostAsync("hold", null, rig.Key(ApiScope.Act), call)).StatusCode);
    }

    [Fact]
    public async Task A_call_without_a_session_of_ours_says_that_it_cannot_be_supervised()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        rig.Http.Call("echo");
        using HttpResponseMessage response = await rig.PostAsync("hold", null, rig.Key(ApiScope.Act), "echo");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("cannot be supervised", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_acts_with_its_token_and_not_without()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using Browser browser = await rig.Http.LoggedInAsync(Role.Supervisor);
        string path = $"/api/live/{SupervisedRig.CallId}/mark";

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Client.PostAsync(path, JsonContent.Create(new { text = "one" }))).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { text = "two" }) };
        request.Headers.Add(Csrf.Header, Browser.ScriptToken((await browser.GetAsync("/")).Body));
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.SendAsync(request)).StatusCode);
        Assert.Equal(("the-Supervisor", "two"), rig.Script.EventsOf<TimelineEvent.Supervised>().Select(e => (e.User, e.Text)).Single());
    }

    [Fact]
    public async Task A_viewer_does_not_act()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using Browser browser = await rig.Http.LoggedInAsync(Role.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/live/{SupervisedRig.CallId}/hang-up");
        request.Headers.Add(Csrf.Header, Browser.ScriptToken((await browser.GetAsync("/")).Body));

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.SendAsync(request)).StatusCode);
    }
}
