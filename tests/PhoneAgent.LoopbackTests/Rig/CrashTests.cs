using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The program is killed in the middle of a call.</summary>
[Collection("rig")]
public sealed class CrashTests
{
    private const string Keys = "123456789#";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_call_cut_by_a_crash_is_closed_as_such_at_the_next_start_with_its_timeline()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using AgentProcess agent = await AgentProcess.StartAsync("agents.default=echo", "engines.warm_up=false");
        using var media = new RtpCallMediaFactory(new RtpOptions(), NullLogger<RtpCallMediaFactory>.Instance);
        await using TestLine phone = await TestLine.StartAsync(media: media);
        PlaceCallResult placed = await phone.Line.PlaceAsync(new PlaceCallRequest($"sip:crash@127.0.0.1:{agent.Port}"), patience.Token);
        ICall call = placed.Call!;
        call.Audio.Start(new Silence());
        TimelineFollower timeline = await agent.FollowAsync("crash");
        string id = agent.Calls.All().Single();

        // What is on the disk while the call goes on is what counts: nothing after it is asked of the process.
        await call.SendDtmfAsync(Keys, patience.Token);
        await timeline.WaitAsync("the last key", e => e.GetProperty("event").GetString() == "dtmf" && e.GetProperty("digit").GetString() == "#", seconds: 20);
        Assert.False(Convert.ToBoolean(agent.Calls.Of(id, "is_over"), System.Globalization.CultureInfo.InvariantCulture));
        await agent.CrashAndRestartAsync();

        Assert.True(Convert.ToBoolean(agent.Calls.Of(id, "is_over"), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((CallRecovery.Disposition, nameof(CallEndCause.Failed)), ((string?)agent.Calls.Of(id, "disposition"), (string?)agent.Calls.Of(id, "cause")));
        var events = agent.Calls.EventsOf(id);
        Assert.Equal(Keys, string.Concat(events.Where(e => e.GetProperty("event").GetString() == "dtmf").Select(e => e.GetProperty("digit").GetString())));
        Assert.Equal("call-started", events[0].GetProperty("event").GetString());
        Assert.Equal(("ended", "the program ended in the middle of the call"), (events[^1].GetProperty("event").GetString(), events[^1].GetProperty("reason").GetString()));
        Assert.Contains("cut off when a PhoneAgent process died", agent.Output, StringComparison.Ordinal);
        await call.DisposeAsync();
    }

    private sealed class Silence : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Clear();
            return false;
        }
    }
}
