using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

public class CallReplayTests
{
    private static readonly Expectation Anything = new() { FreeText = true };

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallerSaid said => [new DialogueAction.Say($"You said {said.Result.Text}. Is that right?"), new DialogueAction.Listen(Anything)],
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello, what can I do for you?"), new DialogueAction.Listen(Anything)],
        _ => [new DialogueAction.Say("Pardon."), new DialogueAction.Listen(Anything)],
    };

    [Fact]
    public async Task A_recording_makes_the_same_call_every_time()
    {
        short[] caller = new short[12 * AudioFormat.SampleRate];
        Speak(caller, 3, 1.1, ScriptedAudio.Base);
        Speak(caller, 5.2, 0.9, ScriptedAudio.Base + 1); // over the agent
        Speak(caller, 9, 0.5, ScriptedAudio.Base);

        string[] first = await ReplayAsync(caller);
        for (int i = 0; i < 5; i++)
            Assert.Equal(first, await ReplayAsync(caller));
        Assert.Contains(first, line => line.Contains("\"speculation\"", StringComparison.Ordinal));
        Assert.Contains(first, line => line.Contains("barge-in", StringComparison.Ordinal));
        Assert.True(first.Count(line => line.Contains("\"final\"", StringComparison.Ordinal)) >= 2);
    }

    /// <summary>The timeline; events of the same frame, of which some come from beside the loop, in the order of their text.</summary>
    private static async Task<string[]> ReplayAsync(short[] caller)
    {
        var recognizer = new FakeRecognizer();
        foreach (string text in new[] { "where is my order", "no the other one" })
            recognizer.Add(new RecognitionResult { IsFinal = true, Text = text, Outcome = RecognitionOutcome.Recognized, IsCompleteAnswer = true, Confidence = 0.9 });
        var engines = new CallEngines(new EnergyVoiceDetector(), recognizer, new FakeSynthesizer()) { Time = new VirtualTime() };
        var info = new CallInfo { Id = "replay", Direction = CallDirection.Inbound, RemoteParty = "recording", LocalParty = "agent" };
        CallTimeline timeline = null!;
        await CallReplay.RunAsync(caller, info, call =>
        {
            var session = new CallSession(call, new FakeDialogue(Talk), engines, new CallSessionOptions(), null, NullLogger<CallSession>.Instance);
            timeline = session.Timeline;
            return session;
        }, CancellationToken.None);
        return [.. timeline.Snapshot().Select(e => (e.At, Text: JsonSerializer.Serialize(e))).OrderBy(e => e.At).ThenBy(e => e.Text, StringComparer.Ordinal).Select(e => e.Text)];
    }

    /// <summary>A voice: a falling tone with harmonics, four syllables a second. The recogniser reads the last sample of a frame.</summary>
    private static void Speak(short[] samples, double at, double seconds, short code)
    {
        int from = (int)(at * AudioFormat.SampleRate), count = (int)(seconds * AudioFormat.SampleRate);
        double phase = 0;
        for (int i = 0; i < count; i++)
        {
            double time = (double)i / AudioFormat.SampleRate;
            phase += 2 * Math.PI * (140 - 30 * time) / AudioFormat.SampleRate;
            double voice = Enumerable.Range(1, 12).Sum(n => Math.Sin(n * phase) / n);
            samples[from + i] = (short)(4000 * voice * (0.6 + 0.4 * Math.Sin(2 * Math.PI * 4 * time)));
            if ((from + i) % AudioFormat.FrameSamples == AudioFormat.FrameSamples - 1)
                samples[from + i] = code;
        }
    }
}
