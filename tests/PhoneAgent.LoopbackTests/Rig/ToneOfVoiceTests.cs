using System.Text.Json;
using PhoneAgent.Audio;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>
/// Two callers with the same words, one of recorded angry voices, one of recorded neutral ones: the first is handed to a human,
/// the second is not. The agent's weights are such that words alone never reach the threshold.
/// </summary>
public sealed class ToneOfVoiceTests : IDisposable
{
    private const string Human = "tone-human", WordsVoice = "rms";
    private const double IsThere = 0.8;

    private static readonly string[] s_words = ["this is ridiculous", "nobody helps me", "this is ridiculous", "nobody helps me"];

    /// <summary>Clips of EMO-DB: one woman who says the same sentences in either way.</summary>
    private static readonly string[] s_angry = ["08b01Wa", "08a04Wc", "08a01Wa", "08b10Wa"];
    private static readonly string[] s_neutral = ["08b01Na", "08a04Nc", "08a01Na", "08b10Nc"];

    private readonly ITestOutputHelper _output;
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-tone-").FullName;

    public ToneOfVoiceTests(ITestOutputHelper output) => _output = output;

    private static string Agent(string target, string mode) => $$"""
        name: tone
        human: {target: "{{target}}", mode: {{mode}}}
        limits: {not_understood: 9}
        escalation:
          threshold: 0.55
          release: 0.3
          sustained_turns: 2
          sustained_for: 0s
          min_signs: 2
          weights: {voice: 0.5, calm_voice: 0.1, words: 0.1, kind_words: 0, repetition: 0, interruption: 0, not_understood: 0, uncertain: 0, silence: 0}
        intents:
          complaint:
            label: a complaint
            step: listen
            phrases: ["this is ridiculous", "nobody helps me"]
        start: listen
        steps:
          listen:
            ask: "Yes?"
            reprompt: "Please go on."
            expect: complaint
        """;

    [RigTheory]
    [InlineData("blind")]
    [InlineData("attended")]
    [InlineData("bridged")]
    public async Task An_angry_voice_is_handed_to_a_human(string mode)
    {
        string heard = Path.Combine(_folder, "human.wav"), last = Recorded(s_angry[0]);
        await using Softphone human = Softphone.Start("answer", "--user", Human, "--stdin", "--stereo", heard, "--timeout", "170");
        int port = (await human.WaitAsync("ready")).GetProperty("sip_port").GetInt32();
        TimelineFollower timeline = await CallAsync(s_angry, $"sip:{Human}@127.0.0.1:{port}", mode, stopWhenEscalated: true, async (caller, timeline) =>
        {
            await human.WaitAsync("established", 60);
            if (mode != "blind")
            {
                await StepAsync(timeline, "brief-spoken");
                await human.DoAsync("dtmf 1");
            }
            await StepAsync(timeline, mode == "bridged" ? "connected" : "referred");
            if (mode != "bridged")
                await caller.WaitAsync("refer_followed", 20);
            await caller.DoAsync("play " + last);
            using var spoken = new PeriodicTimer(TimeSpan.FromSeconds(RecordedCall.Resampled(last, 8000).Length / 8000.0 + 1.5));
            await spoken.WaitForNextTickAsync();
            await caller.DoAsync("hangup");
            await human.EndAsync(); // after its one call
            Assert.Equal(mode == "bridged" ? "hung-up" : "transferred", (await timeline.WaitForAsync("ended", 40)).GetProperty("cause").GetString());
        });

        if (mode != "blind")
            Assert.True(Likeness(heard, await Voices.SpeakAsync(_folder, "slt", "The caller is frustrated.")) > IsThere, "the human did not hear the brief");
        Assert.True(Likeness(heard, last) > IsThere, "the human did not hear the caller");
        JsonElement escalated = Assert.Single(timeline.Of("escalated"));
        Assert.Contains("Voice", escalated.GetProperty("sources").GetString(), StringComparison.Ordinal);
        Assert.InRange(FinalTones(timeline).Count(label => label == "frustrated"), 2, 8);
        Assert.Contains(timeline.Of("frustration"), e => e.GetProperty("source").GetString() == "voice" && e.GetProperty("amount").GetDouble() > 0.1);
        Assert.Contains(timeline.Of("frustration"), e => e.GetProperty("source").GetString() == "words");
        Assert.Contains(timeline.Of("transfer"), e => e.GetProperty("step").GetString() == (mode == "bridged" ? "connected" : "referred"));
        TonesComeBeforeWords(timeline);
    }

    [RigFact]
    public async Task A_calm_voice_with_the_same_words_is_not()
    {
        TimelineFollower timeline = await CallAsync(s_neutral, "sip:nobody@127.0.0.1:9", "blind", stopWhenEscalated: false, (_, _) => Task.CompletedTask);

        Assert.Empty(timeline.Of("escalated"));
        Assert.Empty(timeline.Of("transfer"));
        Assert.Equal(2, timeline.Of("frustration").Where(e => e.GetProperty("source").GetString() == "words").Select(e => e.GetProperty("detail").GetString()).Distinct().Count());
        Assert.All(timeline.Of("frustration"), e => Assert.InRange(e.GetProperty("score").GetDouble(), 0, 0.5));
        TonesComeBeforeWords(timeline);
    }

    private static Task<JsonElement> StepAsync(TimelineFollower timeline, string step) => timeline.WaitAsync($"transfer step '{step}'",
        e => e.GetProperty("event").GetString() == "transfer" && e.GetProperty("step").GetString() == step, 40);

    private double Likeness(string stereo, string spoken)
    {
        (int rate, short[] heard) = RecordedCall.Channel(stereo, 1);
        (double correlation, TimeSpan at) = Voices.Match(RecordedCall.Resampled(spoken, rate), heard, rate);
        _output.WriteLine(FormattableString.Invariant($"the human hears it at {at.TotalSeconds:0.0} s with a likeness of {correlation:0.00}"));
        return correlation;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The caller speaks in recorded voices and complains in words, in turn, until he has said all or is escalated.</summary>
    private async Task<TimelineFollower> CallAsync(string[] voices, string human, string mode, bool stopWhenEscalated, Func<Softphone, TimelineFollower, Task> end)
    {
        string agents = Path.Combine(_folder, "agents");
        Directory.CreateDirectory(agents);
        await File.WriteAllTextAsync(Path.Combine(agents, "tone.yaml"), Agent(human, mode));
        await using AgentProcess agent = await AgentProcess.StartAsync($"agents.folder={agents}", "agents.default=tone");
        await using Softphone phone = Softphone.Start("call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--max-call", "170", "--timeout", "180");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        List<string> sounds = [];
        for (int turn = 0; turn < s_words.Length; turn++)
            sounds.AddRange([Recorded(voices[turn]), await Voices.SpeakAsync(_folder, WordsVoice, s_words[turn])]);
        foreach (string sound in sounds)
        {
            await timeline.WaitForStateAsync("Listening");
            await phone.DoAsync("play " + sound);
            await timeline.WaitForAsync("final");
            // Whatever the turn leads to: the agent answers, or hands over.
            await timeline.WaitForAsync("agent-sentence");
            if (stopWhenEscalated && timeline.Of("escalated").Any())
                break;
        }
        if (!stopWhenEscalated)
            await timeline.WaitForStateAsync("Listening");
        await end(phone, timeline);
        if (!stopWhenEscalated)
            await phone.DoAsync("hangup");
        await phone.EndAsync();
        foreach ((double read, double final) in Leads(timeline))
            _output.WriteLine(FormattableString.Invariant($"tone read {1000 * read:0} ms, final tone {1000 * final:0} ms before the final words"));
        foreach (JsonElement e in timeline.Events.Where(e => e.GetProperty("event").GetString() is "frustration" or "escalated" or "final" || (e.GetProperty("event").GetString() == "emotion" && e.GetProperty("isFinal").GetBoolean())))
            _output.WriteLine(e.GetRawText());
        return timeline;
    }

    /// <summary>In each utterance, from the last reading of its tone (that of the pause) and from the final one to the final words.</summary>
    private static IEnumerable<(double Read, double Final)> Leads(TimelineFollower timeline)
    {
        (double read, double tone) = (0, 0);
        foreach (JsonElement e in timeline.Events)
        {
            double at = e.GetProperty("at").GetDouble();
            switch (e.GetProperty("event").GetString())
            {
                case "emotion" when e.GetProperty("isFinal").GetBoolean():
                    tone = at;
                    break;
                case "emotion":
                    read = at;
                    break;
                case "final":
                    yield return (at - read, at - tone);
                    break;
            }
        }
    }

    private static IEnumerable<string?> FinalTones(TimelineFollower timeline) =>
        timeline.Of("emotion").Where(e => e.GetProperty("isFinal").GetBoolean()).Select(e => e.GetProperty("label").GetString());

    /// <summary>The final tone of every utterance comes before its final words, and interim ones came while it was spoken.</summary>
    private static void TonesComeBeforeWords(TimelineFollower timeline)
    {
        bool hasTone = false;
        foreach (JsonElement e in timeline.Events)
        {
            switch (e.GetProperty("event").GetString())
            {
                case "emotion" when e.GetProperty("isFinal").GetBoolean():
                    hasTone = true;
                    break;
                case "final":
                    Assert.True(hasTone, $"words without a tone before them: {e.GetRawText()}");
                    hasTone = false;
                    break;
            }
        }
        Assert.True(timeline.Of("emotion").Count(e => !e.GetProperty("isFinal").GetBoolean()) >= timeline.Of("final").Count());
    }

    /// <summary>A clip without its padding.</summary>
    private string Recorded(string clip)
    {
        using FileStream source = File.OpenRead(SharedData.Require($"data/emotion/emodb/{clip}.wav"));
        if (!WavFile.TryRead(source, out WavFile? recorded, out string? error))
            throw new InvalidDataException($"{clip}: {error}");
        string path = Path.Combine(_folder, clip + ".wav");
        using FileStream file = File.Create(path);
        using var wav = new WavWriter(file, 16_000, 1);
        wav.Write(new short[1600]);
        wav.Write(Resampler.Convert(recorded!.ToMono().AsSpan().Trim((short)0).ToArray(), recorded.SampleRate, 16_000));
        wav.Write(new short[1600]);
        return path;
    }
}
