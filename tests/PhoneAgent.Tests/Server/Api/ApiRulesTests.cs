using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

/// <summary>What holds for all requests.</summary>
public sealed class ApiRulesTests
{
    [Fact]
    public async Task More_requests_than_a_key_may_send_are_sent_away_with_the_time_to_wait_and_others_are_not()
    {
        await using HttpRig rig = await HttpRig.StartAsync(with: options => options with { Api = new ApiOptions { RequestsPerMinute = 2 } });
        string key = rig.Key(ApiScope.AgentsRead), other = rig.Key(ApiScope.AgentsRead);
        Assert.Equal(200, (await rig.AskAsync("GET", "/api/v1/agents", key: key)).Status);
        Assert.Equal(200, (await rig.AskAsync("GET", "/api/v1/agents", key: key)).Status);
        ApiAnswer third = await rig.AskAsync("GET", "/api/v1/agents", key: key);
        Assert.Equal((429, "application/problem+json", "30"), (third.Status, third.Type, third.Headers["Retry-After"]));
        Assert.Equal(200, (await rig.AskAsync("GET", "/api/v1/agents", key: other)).Status);
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await rig.AskAsync("GET", "/api/v1/agents", key: key)).Status);
        Assert.Equal(429, (await rig.AskAsync("GET", "/api/v1/agents", key: key)).Status);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        await using HttpRig rig = await HttpRig.StartAsync(with: options => options with { Api = new ApiOptions { MaxBodyKilobytes = 1 } });
        ApiAnswer answer = await rig.AskAsync("POST", "/api/v1/calls", new { target = new string('1', 2000) }, rig.Key(ApiScope.CallsWrite));
        Assert.Equal((413, "application/problem+json"), (answer.Status, answer.Type));
        answer = await rig.AskAsync("POST", "/api/v1/calls", new { target = new string('1', 2000) }, rig.Key(ApiScope.CallsWrite), "one");
        Assert.Equal((413, "application/problem+json"), (answer.Status, answer.Type));
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("DELETE", "/api/v1/calls", 405)]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ApiAnswer answer = await rig.AskAsync(method, path, key: rig.Key(ApiScope.Admin));
        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.Type));
    }

    [Fact]
    public async Task A_stream_too_many_is_a_problem_too()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        var streams = rig.Services.GetRequiredService<EventStreams>();
        for (int i = 0; i < EventStreams.MaxStreams; i++)
            streams.Serve(new DefaultHttpContext(), TimeSpan.FromSeconds(1), () => Task.FromResult<IReadOnlyList<SseItem<string>>>([]));
        ApiAnswer answer = await rig.AskAsync("GET", "/api/v1/events", key: rig.Key(ApiScope.CallsRead));
        Assert.Equal((503, "application/problem+json", "30"), (answer.Status, answer.Type, answer.Headers["Retry-After"]));
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        await using HttpRig rig = await HttpRig.StartAsync(with: options => options with { Api = new ApiOptions { Enabled = false } });
        Assert.Equal(404, (await rig.AskAsync("GET", "/api/v1/agents", key: rig.Key(ApiScope.Admin))).Status);
    }

    [Fact]
    public async Task What_was_sent_is_not_repeated_in_a_problem()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ApiAnswer answer = await rig.AskAsync("POST", "/api/v1/calls", """{"target": {"secret-number": "+4915112345"}}""", rig.Key(ApiScope.CallsWrite));
        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain("secret-number", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("calls:write", ApiScope.CallsWrite)]
    [InlineData("dnc:read", ApiScope.DoNotCallRead)]
    [InlineData("read", ApiScope.Read)]
    public void Scopes_have_their_names(string name, ApiScope scope)
    {
        Assert.Equal(name, scope.Name());
        Assert.True(ApiScopes.TryParse(name, out ApiScope parsed) && parsed == scope);
    }
}
