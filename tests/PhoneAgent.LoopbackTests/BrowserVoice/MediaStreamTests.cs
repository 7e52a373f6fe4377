using System.Net.WebSockets;
using System.Text.Json;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.LoopbackTests.BrowserVoice;

/// <summary>A telephone cloud forks a call's audio to us.</summary>
public sealed class MediaStreamTests
{
    private static IEnumerable<DialogueAction> Greet(DialogueTurn turn) => turn is DialogueTurn.CallStarted
        ? [new DialogueAction.Say("Hello there.")] : [new DialogueAction.Say("Yes.")];

    [Theory]
    [InlineData("audio/x-mulaw", 8_000, 160)]
    [InlineData("audio/l16", 8_000, 320)]
    [InlineData("audio/l16", 16_000, 640)]
    public async Task TheCallerHearsTheAgentInTheStreamsOwnFormat(string encoding, int rate, int bytes)
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        using ClientWebSocket cloud = await OpenAsync(rig);
        await SendAsync(cloud, """{"event":"connected","protocol":"Call","version":"1.0.0"}""");
        await SendAsync(cloud, Start(encoding, rate));
        RunningCall running = await rig.StartedAsync();
        Assert.Equal(("+15550100", "front", "CA1"), (running.Info.RemoteParty, running.Info.LocalParty, running.Info.ProtocolId));

        byte[] payload = [];
        for (int i = 0; i < 5; i++)
            payload = (await NextAsync(cloud, "media")).GetProperty("media").GetProperty("payload").GetBytesFromBase64();
        Assert.Equal(bytes, payload.Length);
        short[] samples = new short[encoding == "audio/l16" ? bytes / 2 : bytes];
        if (encoding == "audio/l16")
            Buffer.BlockCopy(payload, 0, samples, 0, bytes);
        else
            G711.MuLawDecode(payload, samples);
        Assert.All(samples, sample => Assert.InRange(sample, FakeSynthesizer.Level - 300, FakeSynthesizer.Level + 300));
        Assert.Equal("turn-1", (await NextAsync(cloud, "mark")).GetProperty("mark").GetProperty("name").GetString());

        await SendAsync(cloud, """{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"7"}}""");
        await TalkRig.UntilAsync(() => running.Timeline.Snapshot().Any(e => e is Conversation.TimelineEvent.Dtmf { Digit: '7' }), "the key");
        await SendAsync(cloud, """{"event":"stop","streamSid":"MZ1"}""");
        CallEnd end = await running.Completion.WaitAsync(TalkRig.Patience);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), (end.Cause, end.By));
    }

    [Fact]
    public async Task WhatTheCallerSaysClearsWhatIsQueued()
    {
        await using TalkRig rig = await TalkRig.StartAsync(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say("This is a very long greeting that nobody would want to hear to its end.")] : [new DialogueAction.Say("Yes.")]);
        using ClientWebSocket cloud = await OpenAsync(rig);
        await SendAsync(cloud, Start("audio/x-mulaw", 8_000));
        await NextAsync(cloud, "media");
        using var done = new CancellationTokenSource();
        Task speaking = SpeakAsync(cloud, done.Token);
        JsonElement clear = await NextAsync(cloud, "clear");
        Assert.Equal("MZ1", clear.GetProperty("streamSid").GetString());
        await done.CancelAsync();
        await speaking;
    }

    [Theory]
    [InlineData("""{"event":"media","media":{"payload":"AAAA"}}""", 4400)]
    [InlineData("garbage", 4400)]
    [InlineData("""{"event":"start","streamSid":"MZ1","start":{"mediaFormat":{"encoding":"audio/opus","sampleRate":48000,"channels":1}}}""", 4400)]
    [InlineData("""{"event":"start","streamSid":"MZ1","start":{"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":2}}}""", 4400)]
    public async Task AStreamThatDoesNotBeginAsItShouldIsRefused(string first, int code)
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        using ClientWebSocket cloud = await OpenAsync(rig);
        await SendAsync(cloud, first);
        Assert.Equal(code, await ClosedAsync(cloud));
        Assert.Equal(0, rig.Line.Calls);
    }

    [Theory]
    [InlineData("""{"event":"media","media":{"payload":"not base64!"}}""", 4400)]
    [InlineData("""{"event":"media","media":{"payload":""}}""", 4400)]
    [InlineData("""{"event":"dtmf","dtmf":{"digit":"12"}}""", 4400)]
    public async Task AMessageThatIsNoneEndsTheCall(string message, int code)
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        using ClientWebSocket cloud = await OpenAsync(rig);
        await SendAsync(cloud, Start("audio/x-mulaw", 8_000));
        await rig.StartedAsync();
        await SendAsync(cloud, message);
        Assert.Equal(code, await ClosedAsync(cloud));
    }

    [Fact]
    public async Task EventsThatWeDoNotKnowAreIgnored()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        using ClientWebSocket cloud = await OpenAsync(rig);
        await SendAsync(cloud, Start("audio/x-mulaw", 8_000));
        RunningCall running = await rig.StartedAsync();
        await SendAsync(cloud, """{"event":"quality","score":{"mos":4.1}}""");
        await SendAsync(cloud, """{"event":"dtmf","dtmf":{"digit":"3"}}""");
        await TalkRig.UntilAsync(() => running.Timeline.Snapshot().Any(e => e is Conversation.TimelineEvent.Dtmf { Digit: '3' }), "the key after it");
        Assert.False(running.Completion.IsCompleted);
    }

    [Fact]
    public async Task OnceThereArePasswordsAKeyIsNeeded()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        Assert.Null(await rig.Accounts.AddUserAsync("admin", PhoneAgent.Server.Http.Security.Role.Administrator, "a long password 1", default));
        using ClientWebSocket stranger = await OpenAsync(rig);
        await SendAsync(stranger, Start("audio/x-mulaw", 8_000, "pa_wrong"));
        Assert.Equal(4401, await ClosedAsync(stranger));

        string key = (await rig.Accounts.AddKeyAsync("cloud", [PhoneAgent.Server.Http.Security.ApiScope.Talk], default)).Secret!;
        using ClientWebSocket cloud = await OpenAsync(rig);
        await SendAsync(cloud, Start("audio/x-mulaw", 8_000, key));
        await NextAsync(cloud, "media");
    }

    private static string Start(string encoding, int rate, string key = "") =>
        $$$$"""{"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"{{{{encoding}}}}","sampleRate":{{{{rate}}}},"channels":1},"customParameters":{"from":"+15550100","to":"front","key":"{{{{key}}}}"}}}""";

    private static async Task<ClientWebSocket> OpenAsync(TalkRig rig)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(rig.Address, "/talk/stream")) { Scheme = "ws" }.Uri, CancellationToken.None);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task SpeakAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        short[] samples = new short[160];
        byte[] bytes = new byte[160];
        try
        {
            while (await tick.WaitForNextTickAsync(cancellationToken))
            {
                for (int i = 0; i < samples.Length; i++)
                    samples[i] = (short)random.Next(-8000, 8000);
                G711.MuLawEncode(samples, bytes);
                await SendAsync(socket, $$$$"""{"event":"media","media":{"track":"inbound","timestamp":"5","payload":"{{{{Convert.ToBase64String(bytes)}}}}"}}""");
            }
        }
        catch (OperationCanceledException)
        {
            // Said enough.
        }
    }

    private static async Task<JsonElement> NextAsync(ClientWebSocket socket, string kind)
    {
        using var patience = new CancellationTokenSource(TalkRig.Patience);
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.Equal(WebSocketMessageType.Text, result.MessageType);
            JsonElement message = JsonDocument.Parse(buffer.AsMemory(0, result.Count).ToArray()).RootElement;
            if (message.GetProperty("event").GetString() == kind)
                return message;
        }
    }

    private static async Task<int?> ClosedAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TalkRig.Patience);
        byte[] buffer = new byte[16 * 1024];
        while ((await socket.ReceiveAsync(buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }
        return (int?)socket.CloseStatus;
    }
}
