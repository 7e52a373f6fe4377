using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Audio;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.ModelTests;

/// <summary>A whole call on real engines, replayed: no sockets, much faster than real time.</summary>
public class WholeCallTests(ITestOutputHelper output)
{
    [RequiresFact(Library = "libpocketsphinx.so.3")]
    public async Task The_front_desk_understands_a_caller_on_telephone_audio()
    {
        await using var flite = new FliteSynthesizer(new FliteOptions());
        await using var sphinx = new PocketSphinxRecognizer(new PocketSphinxOptions());
        using var client = new HttpClient();
        using IVoiceDetector detector = new EnergyVoiceDetector();
        string file = Path.Combine(Repository.Root, "config", "agents", "front-desk.yaml");
        Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));

        (double At, string Says)[] script =
        [
            (6, "what are your opening hours"), (15, "where is my order"), (20, "four two zero seven one eight"), (36, "repeat that"), (51, "goodbye"),
        ];
        short[] caller = await TelephoneAsync(flite, script, seconds: 59);
        CallSession session = null!;
        var info = new CallInfo { Id = "replay", Direction = CallDirection.Inbound, RemoteParty = "100", LocalParty = "front-desk" };
        CallEnd end = await CallReplay.RunAsync(caller, info, call => session = new CallSession(
            call, new ScriptedDialogueFactory(agent, client, TimeProvider.System).Create(call.Info), new CallEngines(detector, sphinx, flite), new CallSessionOptions(), null,
            NullLogger<CallSession>.Instance), CancellationToken.None);

        foreach (TimelineEvent e in session.Timeline.Snapshot())
            output.WriteLine($"{e.At.TotalSeconds,7:0.000} {e}");
        Assert.Equal(script.Select(line => line.Says), session.Timeline.Snapshot().OfType<TimelineEvent.Final>().Select(final => final.Text));
        Assert.Equal((CallEndCause.HungUp, EndedBy.Agent), (end.Cause, end.By));
        double[] gaps = [.. session.Timeline.Snapshot().OfType<TimelineEvent.FirstPacket>().Where(e => e.ResponseGap is not null).Select(e => e.ResponseGap!.Value.TotalMilliseconds).Order()];
        output.WriteLine($"response gaps in media time: median {gaps[gaps.Length / 2]:0} ms, most {gaps[^1]:0} ms");
        Assert.InRange(gaps[gaps.Length / 2], 100, 700);
    }

    /// <summary>A caller's side of a call: 16 kHz speech through 8 kHz µ-law.</summary>
    private static async Task<short[]> TelephoneAsync(FliteSynthesizer flite, (double At, string Says)[] script, double seconds)
    {
        short[] track = new short[(int)(seconds * AudioFormat.SampleRate)];
        foreach ((double at, string says) in script)
        {
            int position = (int)(at * AudioFormat.SampleRate);
            await foreach (SynthesizedAudio audio in flite.SynthesizeAsync(new SynthesisRequest(says, "rms"), CancellationToken.None))
            {
                audio.Samples.Span.CopyTo(track.AsSpan(position));
                position += audio.Samples.Length;
            }
        }
        short[] narrow = Resampler.Convert(track, 16_000, 8_000);
        byte[] wire = new byte[narrow.Length];
        G711.MuLawEncode(narrow, wire);
        G711.MuLawDecode(wire, narrow);
        return Resampler.Convert(narrow, 8_000, 16_000);
    }
}
