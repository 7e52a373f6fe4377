using System.Net.WebSockets;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Hosting;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.BrowserVoice;

/// <summary>The heap is the whole process's: no other test may run beside this one.</summary>
[Collection("rig")]
public sealed class AbandonedCallsTests(ITestOutputHelper output)
{
    // Calls that are over can be looked at for a while, up to so many: from then on there must be no growth.
    private const int FirstCalls = LiveCalls.MaxOver + 50, MoreCalls = 500 - FirstCalls;
    private const double KibibytesOfACall = 4;

    [Fact]
    public async Task FiveHundredCallsThatAreAbandonedLeaveNothingInMemory()
    {
        var options = new BrowserVoiceOptions { ResumeWindow = TimeSpan.Zero, MaxSocketsPerAddress = 100 };
        await using TalkRig rig = await TalkRig.StartAsync(_ => [new DialogueAction.Say("Good morning.")], options);
        long before = await AbandonAsync(rig, FirstCalls);
        long after = await AbandonAsync(rig, MoreCalls);
        double growth = (after - before) / 1024.0 / MoreCalls;
        output.WriteLine($"{growth:0.00} KiB a call");
        Assert.InRange(growth, double.MinValue, KibibytesOfACall);
        Assert.Equal((0, 0, 0), (rig.Line.Calls, rig.OnTheClock, rig.Thinking));
    }

    /// <summary>Calls that are dropped without a goodbye, a few at a time; the bytes that live afterwards.</summary>
    private static async Task<long> AbandonAsync(TalkRig rig, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            await AbandonAsync(rig);
            RunningCall running = await rig.StartedAsync();
            await running.Completion.WaitAsync(TalkRig.Patience);
        }
        await TalkRig.UntilAsync(() => rig.Door.Limits.Open == 0, "no socket is open");
        rig.Synthesizer.FullRequests.Clear(); // the fake keeps what it was asked, and with it who asked
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task AbandonAsync(TalkRig rig)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(rig.Address, "/talk/socket")) { Scheme = "ws" }.Uri, CancellationToken.None);
        string hello = $$"""{"type":"hello","versions":[1],"token":"{{rig.Tokens.Issue(new TalkGrant("browser"))}}"}""";
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(hello), WebSocketMessageType.Text, true, CancellationToken.None);
        byte[] answer = new byte[4096];
        await socket.ReceiveAsync(answer.AsMemory(), CancellationToken.None);
        socket.Abort();
    }
}
