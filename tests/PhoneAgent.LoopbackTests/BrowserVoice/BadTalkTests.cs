using System.Buffers.Binary;
using System.Net.WebSockets;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Samples.Talk;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Hosting;
using Xunit;

namespace PhoneAgent.LoopbackTests.BrowserVoice;

/// <summary>Clients that are broken or mean: each gets a code that says why, and other calls notice nothing.</summary>
public sealed class BadTalkTests
{
    private static IEnumerable<DialogueAction> Quiet(DialogueTurn turn) => [];

    [Theory]
    [InlineData("no json", 4400)]
    [InlineData("{\"type\":\"nonsense\"}", 4400)]
    [InlineData("{\"type\":\"dtmf\",\"digit\":\"55\"}", 4400)]
    [InlineData("{\"type\":\"ping\",\"time\":\"soon\"}", 4400)]
    [InlineData("[[[[[[[[[[1]]]]]]]]]]", 4400)]
    [InlineData("{\"type\":\"hello\",\"versions\":[1]}", 4400)]
    [InlineData("{\"type\":\"listen\",\"mode\":\"wake-word\"}", 4400)]
    public async Task AMessageThatIsNoneClosesTheCall(string text, int code)
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        TalkClient client = await rig.CallAsync();
        await client.NextAsync("ready");
        await client.SendRawAsync(System.Text.Encoding.UTF8.GetBytes(text), isText: true, CancellationToken.None);
        Assert.Equal(code, await client.ClosedAsync());
        await (await rig.StartedAsync()).Completion.WaitAsync(TalkRig.Patience);
        Assert.Equal(0, rig.Line.Calls);
    }

    [Theory]
    [InlineData(0, 16_000, 640, 4400, "16-bit PCM")]
    [InlineData(1, 44_100, 640, 4400, "16000 Hz of the hello")]
    [InlineData(1, 16_000, 641, 4400, "10, 20, 30 or 40 ms")]
    [InlineData(1, 16_000, 1_920, 4400, "10, 20, 30 or 40 ms")]
    [InlineData(1, 16_000, 0, 4400, "without samples")]
    [InlineData(1, 16_000, 100_000, 1009, "8192 bytes")]
    public async Task AFrameThatIsNoneClosesTheCall(byte format, uint rate, int bytes, int code, string reason)
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        TalkClient client = await rig.CallAsync();
        await client.NextAsync("ready");
        byte[] frame = new byte[16 + bytes];
        frame[0] = format;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), rate);
        await client.SendRawAsync(frame, isText: false, CancellationToken.None);
        Assert.Equal(code, await client.ClosedAsync());
        Assert.Contains(reason, client.CloseReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NumbersOutOfOrderAreSurvived()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        TalkClient client = await rig.CallAsync();
        await client.NextAsync("ready");
        var random = new Random(7);
        byte[] frame = new byte[16 + 640];
        frame[0] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), 16_000);
        for (int i = 0; i < 150; i++)
        {
            random.NextBytes(frame.AsSpan(4, 4));
            random.NextBytes(frame.AsSpan(12, 4));
            await client.SendRawAsync(frame, isText: false, CancellationToken.None);
        }
        await client.SendAsync(new { type = "ping", time = 1 }, CancellationToken.None);
        await client.NextAsync("pong");
        Assert.Equal(1, rig.Line.Calls);
    }

    [Fact]
    public async Task AClientAheadOfTimeIsAskedToPauseThenClosed()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        TalkClient client = await rig.CallAsync();
        await client.NextAsync("ready");
        short[] frame = new short[TalkClient.FrameSamples];
        for (int i = 0; i < 60; i++)
            await client.SendAudioAsync(frame, CancellationToken.None);
        Assert.Equal("True", (await client.NextAsync("flow")).Text("pause"));
        Assert.Equal("False", (await client.NextAsync("flow")).Text("pause"));
        for (int i = 0; i < 500 && client.CloseCode is null; i++)
        {
            try
            {
                await client.SendAudioAsync(frame, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                break;
            }
        }
        Assert.Equal(4429, await client.ClosedAsync());
    }

    [Fact]
    public async Task AFloodOfControlMessagesIsClosed()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        TalkClient client = await rig.CallAsync();
        await client.NextAsync("ready");
        for (int i = 0; i < 200; i++)
        {
            try
            {
                await client.SendAsync(new { type = "ping", time = i }, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                break;
            }
        }
        Assert.Equal(4429, await client.ClosedAsync());
    }

    [Fact]
    public async Task ATokenOpensOneCall()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        string token = rig.Tokens.Issue(new TalkGrant("browser"));
        TalkClient first = await rig.ConnectAsync(new() { ["token"] = token });
        await first.NextAsync("ready");
        TalkClient second = await rig.ConnectAsync(new() { ["token"] = token });
        Assert.Equal(4401, await second.ClosedAsync());
        TalkClient none = await rig.ConnectAsync(new());
        Assert.Equal(4401, await none.ClosedAsync());
    }

    [Fact]
    public async Task OnlyVersionsThatWeSpeakAndPagesOfOurs()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        using var old = new ClientWebSocket();
        var address = new UriBuilder(new Uri(rig.Address, "/talk/socket")) { Scheme = "ws" }.Uri;
        await old.ConnectAsync(address, CancellationToken.None);
        await old.SendAsync("{\"type\":\"hello\",\"versions\":[7,8]}"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal(4406, await CodeAsync(old));

        using var stranger = new ClientWebSocket();
        stranger.Options.SetRequestHeader("Origin", "https://evil.example");
        await stranger.ConnectAsync(address, CancellationToken.None);
        Assert.Equal(4403, await CodeAsync(stranger));
    }

    [Fact]
    public async Task FiveHundredAbandonedSocketsHarmNobody()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        TalkClient good = await rig.CallAsync();
        await good.NextAsync("ready");
        var address = new UriBuilder(new Uri(rig.Address, "/talk/socket")) { Scheme = "ws" }.Uri;
        var sockets = new List<ClientWebSocket>();
        int turnedAway = 0;
        try
        {
            for (int i = 0; i < 500; i++)
            {
                var socket = new ClientWebSocket();
                sockets.Add(socket);
                await socket.ConnectAsync(address, CancellationToken.None);
                Assert.InRange(rig.Door.Limits.Open, 1, 20);
                // One place is the good client's; who is beyond the limit is told so.
                if (i >= 20 && i % 50 == 0)
                    turnedAway += await CodeAsync(socket) == 4429 ? 1 : 0;
            }
            Assert.Equal(9, turnedAway);
            await good.SendAsync(new { type = "ping", time = 1 }, CancellationToken.None);
            await good.NextAsync("pong");
        }
        finally
        {
            foreach (ClientWebSocket socket in sockets)
                socket.Dispose();
        }
        await TalkRig.UntilAsync(() => rig.Door.Limits.Open == 1, "their places are free");
        Assert.Equal(1, rig.Line.Calls);
    }

    [Fact]
    public async Task WhoDoesNotReadIsCutOffAndHisCallEnds()
    {
        await using TalkRig rig = await TalkRig.StartAsync(_ => [new DialogueAction.Say(string.Join(' ', Enumerable.Repeat("and so on", 200)))]);
        using var deaf = new ClientWebSocket();
        await deaf.ConnectAsync(new UriBuilder(new Uri(rig.Address, "/talk/socket")) { Scheme = "ws" }.Uri, CancellationToken.None);
        string hello = $$"""{"type":"hello","versions":[1],"token":"{{rig.Tokens.Issue(new TalkGrant("deaf"))}}"}""";
        await deaf.SendAsync(System.Text.Encoding.UTF8.GetBytes(hello), WebSocketMessageType.Text, true, CancellationToken.None);
        RunningCall running = await rig.StartedAsync();
        TalkClient good = await rig.CallAsync();
        await good.NextAsync("audio");

        await running.Completion.WaitAsync(TalkRig.Patience);
        await TalkRig.UntilAsync(() => rig.Door.Limits.Open == 1, "only the other's socket is open");
        await good.NextAsync("audio");
        Assert.Equal(1, rig.Line.Calls);
    }

    [Fact]
    public async Task WhoSaysNothingLosesHisPlace()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Quiet);
        using var silent = new ClientWebSocket();
        await silent.ConnectAsync(new UriBuilder(new Uri(rig.Address, "/talk/socket")) { Scheme = "ws" }.Uri, CancellationToken.None);
        await TalkRig.UntilAsync(() => rig.Door.Limits.Open == 1, "he has a place");
        Assert.Equal(4408, await CodeAsync(silent));
        await TalkRig.UntilAsync(() => rig.Door.Limits.Open == 0, "he has none");
    }

    private static async Task<int?> CodeAsync(ClientWebSocket socket)
    {
        byte[] buffer = new byte[1024];
        using var patience = new CancellationTokenSource(TalkRig.Patience);
        while ((await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }
        return (int?)socket.CloseStatus;
    }
}
