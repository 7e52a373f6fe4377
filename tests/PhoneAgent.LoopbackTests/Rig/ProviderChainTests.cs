using System.Text.Json;
using PhoneAgent.Testing.Providers;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>
/// Ten turns with a real softphone, in every other one of which a provider dies in mid-turn: the softphone's recording shows
/// a reply within 3 s of the caller's last sound, and the timeline who failed.
/// </summary>
public sealed class ProviderChainTests(ITestOutputHelper output) : IDisposable
{
    private const string CallerVoice = "rms";
    private static readonly TimeSpan Tolerable = TimeSpan.FromSeconds(3);

    private static readonly string[] Says =
        ["when do you open", "where are you", "what does it cost", "when do you open", "where are you", "what does it cost", "when do you open", "where are you", "what does it cost", "where are you"];

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-chain-").FullName;
    private string _heard = "";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RigFact]
    public async Task The_ears_die_in_mid_turn()
    {
        await using FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        void Mend() => server.Answer("transcriptions", _ => WireAnswers.Text("application/json", WireSpeech.VerboseJson(_heard)));
        WireAnswer[] deaths = [WireAnswers.Hangup, WireAnswers.Never, WireAnswers.Status(500), WireAnswers.HalfSent("application/json", new byte[400]), WireAnswers.Never];
        await TenTurnsAsync("stt", "cloud-ears", Mend, death => server.Answer("transcriptions", deaths[death]),
            $"providers.cloud-ears={{kind: openai, base_url: \"{server.BaseUrl}\", model: whisper-1}}", "engines.stt=[cloud-ears, auto]");
    }

    [RigFact]
    public async Task The_voice_dies_in_mid_turn()
    {
        await using FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        server.Answer("transcriptions", _ => WireAnswers.Text("application/json", WireSpeech.VerboseJson(_heard)));
        void Mend() => server.Answer("speech", WireSpeech.Speak);
        WireAnswer[] deaths = [WireAnswers.Hangup, WireAnswers.HalfSent("audio/pcm", WireSpeech.Tone(1, 24_000)), WireAnswers.Never, StopsInTheMiddle, WireAnswers.Status(503)];
        await TenTurnsAsync("tts", "cloud-voice", Mend, death => server.Answer("speech", deaths[death]),
            $"providers.cloud-ears={{kind: openai, base_url: \"{server.BaseUrl}\", model: whisper-1}}", "engines.stt=[cloud-ears, auto]",
            $"providers.cloud-voice={{kind: openai, base_url: \"{server.BaseUrl}\", model: tts-1, voice: alloy}}", "engines.tts=[cloud-voice, auto]");
    }

    [RigFact]
    public async Task The_model_dies_in_mid_turn()
    {
        await using FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        await using FakeOpenAiServer other = await FakeOpenAiServer.StartAsync();
        server.Answer("transcriptions", _ => WireAnswers.Text("application/json", WireSpeech.VerboseJson(_heard)));
        WireAnswer answer = WireAnswers.Chat("We open ", "at nine ", "in the morning.");
        other.Answer("completions", answer);
        void Mend() => server.Answer("completions", answer);
        WireAnswer[] deaths =
        [
            WireAnswers.Hangup, WireAnswers.Never, WireAnswers.Status(500),
            new ChatScript { Tokens = ["We open ", "at nine ", "in the morning."], Hold = new TaskCompletionSource().Task }.ToWire(), WireAnswers.Never,
        ];
        await TenTurnsAsync("llm", "brain", Mend, death => server.Answer("completions", deaths[death]),
            $"providers.cloud-ears={{kind: openai, base_url: \"{server.BaseUrl}\", model: whisper-1}}", "engines.stt=[cloud-ears, auto]",
            $"providers.brain={{kind: openai, base_url: \"{server.BaseUrl}\", model: m}}", $"providers.spare-brain={{kind: openai, base_url: \"{other.BaseUrl}\", model: m}}",
            "engines.llm=[brain, spare-brain]");
    }

    /// <summary>Half a second of sound, and then silence on an open connection.</summary>
    private static async Task StopsInTheMiddle(WireWriter wire)
    {
        wire.Begin(200, "audio/pcm");
        await wire.SendAsync(WireSpeech.Tone(0.5, 24_000));
        await wire.HoldAsync(new TaskCompletionSource().Task);
    }

    private async Task TenTurnsAsync(string stage, string provider, Action mend, Action<int> die, params string[] settings)
    {
        mend();
        await using AgentProcess agent = await AgentProcess.StartAsync([$"agents.folder={Kiosk(stage == "llm")}", "agents.default=kiosk", "engines.circuit.break=1s", .. settings]);
        string stereo = Path.Combine(_folder, $"{stage}.wav");
        await using Softphone phone = Softphone.Start("call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--stereo", stereo, "--timeout", "120");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        for (int turn = 0; turn < Says.Length; turn++)
        {
            await timeline.WaitForStateAsync("Listening");
            _heard = Says[turn];
            await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, CallerVoice, Says[turn]));
            await timeline.WaitForAsync("speech-started");
            if (turn % 2 == 1)
                die(turn / 2);
            await timeline.WaitAsync("a reply", e => e.GetProperty("event").GetString() == "first-packet", 15);
            await timeline.WaitForAsync("heard");
            mend();
        }
        await phone.DoAsync("hangup");
        await phone.EndAsync();
        await timeline.WaitForAsync("ended");

        IReadOnlyList<TimeSpan?> gaps = RecordedCall.ResponseGaps(stereo);
        JsonElement[] failures = [.. timeline.Of("provider-failed").Where(e => e.GetProperty("provider").GetString() == provider)];
        output.WriteLine($"{stage}: gaps in the recording {string.Join(", ", gaps.Select(g => $"{g?.TotalMilliseconds:0}"))} ms");
        foreach (JsonElement failure in failures)
            output.WriteLine($"{failure.GetProperty("at").GetDouble():0.00} s: {failure.GetProperty("what").GetString()}, lost {failure.GetProperty("lost").GetDouble():0.00} s, next {failure.GetProperty("next").GetString()}");
        Assert.Equal(Says.Length, gaps.Count);
        Assert.All(gaps, gap => Assert.True(gap <= Tolerable, $"{gap}"));
        // A provider that still rests from the death before cannot die again, which is what a circuit is for.
        Assert.True(failures.Length >= 3, $"{failures.Length} failures in the timeline");
        Assert.All(failures, f => Assert.False(string.IsNullOrEmpty(f.GetProperty("next").GetString())));
    }

    /// <summary>An agent with short answers: ten turns in little time.</summary>
    private string Kiosk(bool withModel)
    {
        string agents = Path.Combine(_folder, "agents");
        Directory.CreateDirectory(agents);
        File.WriteAllText(Path.Combine(agents, "kiosk.yaml"), """
            name: kiosk
            persona: You stand in a kiosk.
            MODEL
            intents:
              open: {step: open, phrases: ["when do you open"]}
              where: {step: where, phrases: ["where are you"]}
              cost: {step: cost, phrases: ["what does it cost"]}
            start: menu
            steps:
              menu: {ask: "Hello.", expect: intents}
              open: {ask: "We open at nine in the morning.", expect: intents}
              where: {ask: "At the end of the road.", expect: intents}
              cost: {ask: "It costs a dollar.", expect: intents}
            """.Replace("MODEL", withModel ? "model: {greeting: Hello.}" : "", StringComparison.Ordinal));
        return agents;
    }
}
