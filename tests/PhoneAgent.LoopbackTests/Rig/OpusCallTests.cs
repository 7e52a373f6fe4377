using System.Text.Json;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A real softphone that speaks nothing but Opus: words are understood at both ends. Nothing is measured, so it runs among the others.</summary>
public sealed class OpusCallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-opus-").FullName;

    [RigFact]
    public async Task Words_are_understood_at_both_ends_in_Opus()
    {
        // The caller's voice is noisy and differs every time: one call in two may have a misheard word, not both.
        try
        {
            await CallAsync();
        }
        catch (MisheardException)
        {
            await CallAsync();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task CallAsync()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync("media.codecs=[opus, pcmu]", "media.opus.dtx=true");
        string stereo = Path.Combine(_folder, "call.wav");
        await using Softphone phone = Softphone.Start(
            "call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--codec", "opus", "--stdin", "--stereo", stereo, "--timeout", "120");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        await AskAsync(phone, timeline, "what are your opening hours", "else");
        await AskAsync(phone, timeline, "where is my order", "order number");

        // Keys travel beside the sound, by a clock of their own.
        await timeline.WaitForStateAsync("Listening");
        await phone.DoAsync("dtmf 310042");
        await timeline.WaitAsync("the order in the workshop", e => IsHeard(e, "workshop"), 30);
        await AskAsync(phone, timeline, "goodbye", "goodbye");
        await phone.WaitAsync("closed");
        await phone.EndAsync();
        await timeline.WaitForAsync("ended");
        await ConversationTests.CallerHeardWhatTheTimelineSaysAsync(timeline, stereo);
    }

    private async Task AskAsync(Softphone phone, TimelineFollower timeline, string says, string answer)
    {
        await timeline.WaitForStateAsync("Listening");
        await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, "rms", says));
        JsonElement final = await timeline.WaitForAsync("final");
        if (final.GetProperty("text").GetString() is var heard && heard != says)
            throw new MisheardException($"'{says}' was heard as '{heard}'");
        await timeline.WaitAsync($"'{answer}' in what the caller heard", e => IsHeard(e, answer), 30);
    }

    private static bool IsHeard(JsonElement e, string words) =>
        e.GetProperty("event").GetString() == "heard" && e.GetProperty("text").GetString()!.Contains(words, StringComparison.OrdinalIgnoreCase);
}
