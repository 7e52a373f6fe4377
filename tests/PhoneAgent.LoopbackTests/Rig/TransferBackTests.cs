using System.Text.Json;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>No human takes the call: it comes back to the agent.</summary>
public sealed class TransferBackTests(ITestOutputHelper output) : TransferRig
{
    public static TheoryData<string, string[], string, string> Refusals => new()
    {
        { "busy", ["--reject"], "", "busy" },
        { "silent", ["--no-answer"], "", "no-answer" },
        { "declines", [], "2", "declined" },
        { "does not press", [], "", "no-key" },
    };

    [RigTheory]
    [MemberData(nameof(Refusals))]
    public async Task A_human_who_does_not_take_the_call_leads_back_to_the_agent_who_goes_on(string who, string[] phone, string presses, string step)
    {
        await using Softphone human = Human(phone);
        (AgentProcess agent, Softphone caller, TimelineFollower timeline) = await AskAsync(await AddressAsync(human), "transfer.ring_timeout=5s", "transfer.accept_timeout=3s");
        await using (agent)
        await using (caller)
        {
            if (presses.Length > 0)
            {
                await StepAsync(timeline, "brief-spoken");
                await human.DoAsync("dtmf " + presses);
            }
            await StepAsync(timeline, step, 40);
            await GoesOnAsync(caller, timeline);
        }
        output.WriteLine($"{who}: the agent went on");
    }

    [RigFact]
    public async Task A_human_whose_phone_says_603_leads_back_to_the_agent()
    {
        await using Sipp human = await Sipp.ServeAsync("uas_reject", "-d", "200");
        (AgentProcess agent, Softphone caller, TimelineFollower timeline) = await AskAsync($"sip:603@127.0.0.1:{human.Port}");
        await using (agent)
        await using (caller)
        {
            Assert.Equal(603, (await StepAsync(timeline, "rejected")).GetProperty("statusCode").GetInt32());
            await GoesOnAsync(caller, timeline);
        }
    }

    /// <summary>The agent apologises and offers a callback; the caller does not want one and asks something else.</summary>
    private async Task GoesOnAsync(Softphone caller, TimelineFollower timeline)
    {
        await StepAsync(timeline, "returned");
        await timeline.WaitAsync("the apology", e => TenTurnCall.IsHeard(e, "nobody is free"), 20);
        await timeline.WaitForStateAsync("Listening");
        await caller.DoAsync("play " + await Voices.SpeakAsync(Folder, "rms", "no"));
        // Nobody's "no" is always clear: when the agent asks whether that was it, the caller says so.
        JsonElement next = await timeline.WaitAsync("an answer to the no", e => TenTurnCall.IsHeard(e, "else") || TenTurnCall.IsHeard(e, "did you say no"), 25);
        if (TenTurnCall.IsHeard(next, "did you say no"))
        {
            await caller.DoAsync("play " + await Voices.SpeakAsync(Folder, "rms", "yes"));
            await timeline.WaitAsync("the question whether there is anything else", e => TenTurnCall.IsHeard(e, "else"), 25);
        }
        await caller.DoAsync("hangup");
        JsonElement ended = await timeline.WaitForAsync("ended");
        Assert.Equal("caller", ended.GetProperty("by").GetString());
        Assert.False(ended.TryGetProperty("disposition", out JsonElement disposition) && disposition.ValueKind == JsonValueKind.String);
        await caller.EndAsync();
    }
}
