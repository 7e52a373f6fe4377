using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The call of ten turns, answered by our user agent and by SIPSorcery: a softphone cannot tell who it was.</summary>
[Collection("rig")]
public sealed class UserAgentComparisonTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-compare-").FullName;

    [BothUserAgentsTheory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Ten_turns_look_the_same_on_the_wire_whichever_user_agent_answers(string transport)
    {
        var call = new TenTurnCall(output, _folder);
        CapturedCall ours = await call.CaptureAsync(transport, $"sip.stack={UserAgents.BuiltIn}");
        CapturedCall theirs = await call.CaptureAsync(transport, $"sip.stack={UserAgents.SipSorcery}");

        output.WriteLine($"{transport} builtin:    {ours}");
        output.WriteLine($"{transport} sipsorcery: {theirs}");
        Assert.Equal(ours.Offer, theirs.Offer);
        Assert.Equal(ours.Answer, theirs.Answer);
        Alike(ours.Answered, theirs.Answered);
        Alike(ours.FirstSound, theirs.FirstSound);
        Alike(ours.MedianSpacing, theirs.MedianSpacing);
        Alike(ours.LongestUsualSpacing, theirs.LongestUsualSpacing);

        static void Alike(TimeSpan a, TimeSpan b) => Assert.InRange((a - b).Duration().TotalMilliseconds, 0, 20);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
