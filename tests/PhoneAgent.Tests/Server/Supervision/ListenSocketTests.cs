using System.Buffers.Binary;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Supervision;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Supervision;

public sealed class ListenSocketTests
{
    private static readonly byte[] Voice = [.. Enumerable.Repeat(new byte[] { 0x34, 0x12 }, 3 * AudioFormat.FrameSamples).SelectMany(sample => sample)];

    [Fact]
    public async Task A_supervisor_hears_both_sides_as_numbered_frames()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        JsonNode hello = await rig.ReceiveJsonAsync(socket);
        Assert.Equal(("hello", 16_000, 2, true), ((string)hello["type"]!, (int)hello["rate"]!, (int)hello["channels"]!, (bool)hello["canSpeak"]!));

        for (short frame = 0; frame < 3; frame++)
            rig.Tap.Write(Enumerable.Repeat((short)(100 + frame), 320).ToArray(), Enumerable.Repeat((short)(-100 - frame), 320).ToArray());
        for (short frame = 0; frame < 3; frame++)
        {
            (WebSocketMessageType type, byte[] bytes) = await rig.ReceiveAsync(socket);
            Assert.Equal((WebSocketMessageType.Binary, 4 + 2 * 2 * 320), (type, bytes.Length));
            Assert.Equal((uint)frame, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            Assert.Equal(100 + frame, BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(4)));
            Assert.Equal(-100 - frame, BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(^2)));
        }
        Assert.Equal((SupervisorStep.Listening, "crm"), rig.Script.EventsOf<TimelineEvent.Supervised>().Select(e => (e.Step, e.User)).Single());
    }

    [Fact]
    public async Task A_supervisor_takes_over_speaks_and_gives_the_call_back()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        await rig.TickAsync(10);
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        await rig.ReceiveJsonAsync(socket);
        await rig.SendAsync(socket, Voice); // he has not taken over: nobody hears it
        await rig.SendAsync(socket, """{"type":"take-over"}""");
        Assert.Equal("""{"type":"result","of":"take-over","done":true,"reason":null}""", (await rig.ReceiveJsonAsync(socket)).ToJsonString());
        await rig.TickAsync(10);
        Assert.DoesNotContain((short)0x1234, rig.Script.Audio.Sent);
        await rig.SendAsync(socket, Voice);
        await rig.SendAsync(socket, """{"type":"take-over"}""");
        Assert.False((bool)(await rig.ReceiveJsonAsync(socket))["done"]!);
        await rig.TickAsync(10);
        Assert.Equal(3 * AudioFormat.FrameSamples, rig.Script.Audio.Sent.Count(sample => sample == 0x1234));
        await rig.SendAsync(socket, """{"type":"hand-back","note":"he is Bob"}""");
        Assert.True((bool)(await rig.ReceiveJsonAsync(socket))["done"]!);
        Assert.Null(rig.Script.Session.Supervision.Floor);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_that_goes_gives_the_call_back(bool politely)
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        await rig.TickAsync(10);
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        await rig.ReceiveJsonAsync(socket);
        await rig.SendAsync(socket, """{"type":"take-over"}""");
        await rig.ReceiveJsonAsync(socket);
        Assert.NotNull(rig.Script.Session.Supervision.Floor);
        if (politely)
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        else
            socket.Abort();

        await rig.UntilAsync(() => rig.Script.EventsOf<TimelineEvent.Supervised>().Any(e => e.Step == SupervisorStep.StoppedListening));
        Assert.Null(rig.Script.Session.Supervision.Floor);
        await rig.UntilAsync(() => ((ListenDesk)rig.Http.Services.GetService(typeof(ListenDesk))!).Open == 0);
    }

    [Fact]
    public async Task The_end_of_the_call_closes_the_socket()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        await rig.ReceiveJsonAsync(socket);
        rig.Script.Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));

        Assert.Equal(WebSocketMessageType.Close, (await rig.ReceiveAsync(socket)).Type);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "The call is over."), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Whoever_loses_the_right_does_not_listen_on()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        NewKey key = rig.Http.Accounts().AddKey("crm", [ApiScope.Act]);
        using ClientWebSocket socket = await rig.ListenAsync(key.Secret);
        await rig.ReceiveJsonAsync(socket);
        rig.Http.Accounts().RemoveKey(key.Key!.Id);
        rig.Http.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WebSocketMessageType.Close, (await rig.ReceiveAsync(socket)).Type);
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "You may not listen any more."), (socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Theory]
    [InlineData("nonsense", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("""{"type":"fly"}""", WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("null", WebSocketCloseStatus.InvalidPayloadData)]
    public async Task What_is_not_understood_closes_the_socket_and_harms_no_call(string message, WebSocketCloseStatus expected)
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        await rig.ReceiveJsonAsync(socket);
        await rig.SendAsync(socket, message);

        Assert.Equal(WebSocketMessageType.Close, (await rig.ReceiveAsync(socket)).Type);
        Assert.Equal(expected, socket.CloseStatus);
        await rig.TickAsync(5);
    }

    [Fact]
    public async Task A_message_that_is_too_big_closes_the_socket()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        await rig.ReceiveJsonAsync(socket);
        await rig.SendAsync(socket, new byte[17 << 10]);

        Assert.Equal(WebSocketMessageType.Close, (await rig.ReceiveAsync(socket)).Type);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task A_microphone_that_floods_closes_the_socket()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();
        using ClientWebSocket socket = await rig.ListenAsync(rig.Key(ApiScope.Act));
        await rig.ReceiveJsonAsync(socket);
        for (int i = 0; i < 17; i++) // the clock stands still: four seconds of double speed are 256 000 bytes
            await rig.SendAsync(socket, new byte[16_000]);

        Assert.Equal(WebSocketMessageType.Close, (await rig.ReceiveAsync(socket)).Type);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
    }

    [Fact]
    public async Task Who_may_not_listen_gets_no_socket()
    {
        await using SupervisedRig rig = await SupervisedRig.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(rig, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(rig, "pa_00000000_nonsense"));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(rig, rig.Key(ApiScope.Read)));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(rig, rig.Key(ApiScope.Act), origin: "https://evil.example"));
        Assert.Equal(HttpStatusCode.NotFound, await RefusedAsync(rig, rig.Key(ApiScope.Act), call: "other"));
        using var plain = new HttpRequestMessage(HttpMethod.Get, $"/ws/listen/{SupervisedRig.CallId}");
        plain.Headers.Add(ApiKeyHandler.Header, rig.Key(ApiScope.Act));
        Assert.Equal(HttpStatusCode.BadRequest, (await rig.Http.Client.SendAsync(plain)).StatusCode);
    }

    private static async Task<HttpStatusCode> RefusedAsync(SupervisedRig rig, string? key, string call = SupervisedRig.CallId, string? origin = null)
    {
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => rig.ListenAsync(key, call, origin));
        return (HttpStatusCode)int.Parse(refused.Message.Split('\'')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
