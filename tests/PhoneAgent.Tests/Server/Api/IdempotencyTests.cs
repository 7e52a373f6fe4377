using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class IdempotencyTests
{
    private static readonly object Body = new { target = "sip:bob@127.0.0.1:9" };

    [Fact]
    public async Task The_same_key_gets_the_same_answer_and_one_call_is_placed()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite), other = rig.Key(ApiScope.CallsWrite);
        rig.Line.Add("sip:bob@127.0.0.1:9").WhenCalled = human => human.Refuse(CallEndCause.Busy, 486);

        ApiAnswer first = await rig.AskAsync("POST", "/api/v1/calls", Body, key, "one");
        ApiAnswer again = await rig.AskAsync("POST", "/api/v1/calls", Body, key, "one");
        Assert.Equal((202, 202), (first.Status, again.Status));
        Assert.Equal((first.Text, first.Headers["Location"], first.Type), (again.Text, again.Headers["Location"], again.Type));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));

        Assert.NotEqual(first.Text, (await rig.AskAsync("POST", "/api/v1/calls", Body, key, "two")).Text);
        // Another client may use the same key.
        Assert.NotEqual(first.Text, (await rig.AskAsync("POST", "/api/v1/calls", Body, other, "one")).Text);
        Assert.Equal(2 + 1, rig.Services.GetService(typeof(CallPlacer)) is CallPlacer placer ? placer.All.Count() : 0);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite);
        await rig.AskAsync("POST", "/api/v1/calls", Body, key, "one");
        ApiAnswer other = await rig.AskAsync("POST", "/api/v1/calls", new { target = "sip:eve@127.0.0.1:9" }, key, "one");
        Assert.Equal((422, "header.Idempotency-Key"), (other.Status, other.Place));
    }

    [Fact]
    public async Task A_mistake_is_answered_again_but_who_was_sent_away_may_come_again()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite);
        await rig.AskAsync("POST", "/api/v1/calls", new { target = "" }, key, "bad");
        Assert.Equal("true", (await rig.AskAsync("POST", "/api/v1/calls", new { target = "" }, key, "bad")).Headers["Idempotency-Replayed"]);
        object dear = new { target = "sip:x@elsewhere.example" };
        Assert.Equal(403, (await rig.AskAsync("POST", "/api/v1/calls", dear, key, "dear")).Status);
        ApiAnswer again = await rig.AskAsync("POST", "/api/v1/calls", dear, key, "dear");
        Assert.Equal(403, again.Status);
        Assert.False(again.Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    public async Task A_key_that_is_none_is_refused(string idempotency)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ApiAnswer answer = await rig.AskAsync("POST", "/api/v1/calls", Body, rig.Key(ApiScope.CallsWrite), idempotency);
        Assert.Equal((400, "header.Idempotency-Key"), (answer.Status, answer.Place));
    }
}
