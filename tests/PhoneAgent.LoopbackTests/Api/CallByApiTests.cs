using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Telephony.Sip;
using Xunit;

namespace PhoneAgent.LoopbackTests.Api;

/// <summary>A program places a call over real SIP and RTP, watches it, speaks, hangs up, and another is told of it.</summary>
public sealed class CallByApiTests
{
    [Fact]
    public async Task A_call_is_placed_watched_spoken_in_and_ended_and_the_webhooks_arrive_in_order()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await using Receiver hook = await Receiver.StartAsync();
        await using ApiServer server = await ApiServer.StartAsync(hook.Url);
        await using SipPhoneLine phone = server.NewPhone();
        await phone.StartAsync(patience.Token);

        JsonNode placed = await PostAsync(server, "/api/v1/calls", new { target = $"sip:bob@{phone.Listeners[0].EndPoint}" }, HttpStatusCode.Accepted);
        string id = placed["id"]!.GetValue<string>();
        using HttpResponseMessage watching = await server.Client.GetAsync($"/api/v1/calls/{id}/events", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(await watching.Content.ReadAsStreamAsync(patience.Token)).EnumerateAsync(patience.Token).GetAsyncEnumerator();

        IIncomingCall ringing = await phone.Incoming.ReadAsync(patience.Token);
        await using ICall call = (await ringing.AnswerAsync(patience.Token))!;
        var ear = new Ear();
        call.Audio.Start(ear);
        await NextAsync(events, "state", state => state["state"]!.GetValue<string>() == "answered");
        // How much of it is heard whole depends on how busy the machine is.
        await ear.Heard.WaitAsync(patience.Token);
        await NextAsync(events, "event", happened => happened["event"]!.GetValue<string>() == "heard");

        await PostAsync(server, $"/api/v1/calls/{id}/speak", new { text = "A word from the office." }, HttpStatusCode.NoContent);
        await NextAsync(events, "event", happened => Says(happened, "agent-sentence", "A word from the office."));

        await PostAsync(server, $"/api/v1/calls/{id}/hang-up", new { }, HttpStatusCode.NoContent);
        JsonNode end = await NextAsync(events, "end", _ => true);
        Assert.Equal(("hung-up", "ended"), (end["cause"]!.GetValue<string>(), end["state"]!.GetValue<string>()));
        await foreach (CallSignal signal in call.Signals.ReadAllAsync(patience.Token))
        {
            // To its end: our BYE has arrived.
        }
        call.Audio.Stop();

        var told = new List<string>();
        while (told.LastOrDefault() != "call.disposition")
        {
            (IHeaderDictionary headers, byte[] body) = await hook.NextAsync(patience.Token);
            var then = DateTimeOffset.FromUnixTimeSeconds(long.Parse(headers[WebhookSignature.TimestampHeader].ToString(), CultureInfo.InvariantCulture));
            Assert.Equal(WebhookSignature.Of(body, ApiServer.Secret, then).Signature, headers[WebhookSignature.SignatureHeader].ToString());
            JsonNode happened = JsonNode.Parse(body)!;
            Assert.Equal(id, happened["call"]!["id"]!.GetValue<string>());
            told.Add(happened["type"]!.GetValue<string>());
        }
        Assert.Equal(["call.started", "call.answered", "call.ended", "call.disposition"], told);
    }

    [Fact]
    public async Task A_call_is_handed_over_to_where_the_program_says()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await using Receiver hook = await Receiver.StartAsync();
        await using ApiServer server = await ApiServer.StartAsync(hook.Url);
        await using SipPhoneLine phone = server.NewPhone(), desk = server.NewPhone();
        await phone.StartAsync(patience.Token);
        await desk.StartAsync(patience.Token);

        JsonNode placed = await PostAsync(server, "/api/v1/calls", new { target = $"sip:bob@{phone.Listeners[0].EndPoint}" }, HttpStatusCode.Accepted);
        string id = placed["id"]!.GetValue<string>(), human = $"sip:desk@{desk.Listeners[0].EndPoint}";
        using HttpResponseMessage watching = await server.Client.GetAsync($"/api/v1/calls/{id}/events", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(await watching.Content.ReadAsStreamAsync(patience.Token)).EnumerateAsync(patience.Token).GetAsyncEnumerator();
        await using ICall caller = (await (await phone.Incoming.ReadAsync(patience.Token)).AnswerAsync(patience.Token))!;
        caller.Audio.Start(new Ear());
        await NextAsync(events, "state", state => state["state"]!.GetValue<string>() == "answered");

        await PostAsync(server, $"/api/v1/calls/{id}/transfer", new { target = human, announcement = "I connect you." }, HttpStatusCode.NoContent);
        await using ICall taken = (await (await desk.Incoming.ReadAsync(patience.Token)).AnswerAsync(patience.Token))!;
        taken.Audio.Start(new Ear());
        JsonNode end = await NextAsync(events, "end", _ => true);
        Assert.Equal("transferred", end["cause"]!.GetValue<string>());
        Assert.Equal(new CallSignal.Redirected(human), await caller.Signals.ReadAsync(patience.Token));
        Assert.Equal(1, phone.ActiveCalls);
        caller.Audio.Stop();
        taken.Audio.Stop();
        await taken.HangUpAsync(patience.Token);
        Assert.IsType<CallSignal.Ended>(await caller.Signals.ReadAsync(patience.Token));
    }

    private static bool Says(JsonNode happened, string kind, string text) => happened["event"]!.GetValue<string>() == kind && happened["text"]!.GetValue<string>().Contains(text, StringComparison.Ordinal);

    private static async Task<JsonNode> PostAsync(ApiServer server, string path, object body, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await server.Client.PostAsJsonAsync(path, body);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static async Task<JsonNode> NextAsync(IAsyncEnumerator<SseItem<string>> events, string name, Func<JsonNode, bool> isIt)
    {
        var seen = new List<string>();
        try
        {
            while (await events.MoveNextAsync())
            {
                seen.Add(events.Current.Data);
                if (events.Current.EventType == name && JsonNode.Parse(events.Current.Data) is { } data && isIt(data))
                    return data;
            }
        }
        catch (OperationCanceledException)
        {
            // Said below, with what came in its place.
        }
        throw new InvalidOperationException($"There was no such {name}. There was: {string.Join("\n", seen)}");
    }
}
