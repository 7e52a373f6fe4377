using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A real softphone in Opus, and every tenth packet lost on either way: its sound comes out of the packet behind it.</summary>
public sealed partial class OpusLossTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-loss-").FullName;

    [RigFact]
    public async Task Lost_packets_come_back_and_words_are_understood()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync("media.codecs=[opus]");
        await using LossyRelay relay = LossyRelay.Start(agent.Port, number => number % 10 == 9);
        await using Softphone phone = Softphone.Start(new Dictionary<string, string> { ["PATH"] = WithFec() + ":" + Environment.GetEnvironmentVariable("PATH") },
            "call", "--to", $"sip:agent@127.0.0.1:{relay.Port}", "--codec", "opus", "--stdin", "--timeout", "150");
        await phone.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        foreach ((string says, string answer) in new[] { ("what are your opening hours", "else"), ("are you open on sunday", "closed"), ("goodbye", "goodbye") })
        {
            await AskAsync(phone, timeline, says);
            await timeline.WaitAsync($"'{answer}' in what the caller heard", e => TenTurnCall.IsHeard(e, answer), 25);
        }
        await phone.WaitAsync("closed");
        await phone.EndAsync();
        Match counted = Match.Empty;
        await Poll.UntilAsync("what the agent counted", 15, () => (counted = Counted().Match(agent.Output)).Success, () => agent.Output);
        output.WriteLine(counted.Value);
        output.WriteLine($"from the phone: {relay.FromPhone.Lost} lost, {relay.FromPhone.HeldByNext} in the next; from the agent: {relay.FromAgent.Lost} lost, {relay.FromAgent.HeldByNext} in the next");

        // Pauses are not worth sending twice: those that can come back are the spoken ones.
        long recovered = long.Parse(counted.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(relay.FromPhone.HeldByNext >= 5, $"The softphone sent {relay.FromPhone.HeldByNext} of the lost packets once more.");
        // On a busy machine the packet behind may be late as well; and what is late comes back like what is lost.
        Assert.True(recovered >= relay.FromPhone.HeldByNext / 3, $"{recovered} packets came back of {relay.FromPhone.HeldByNext} that were sent once more.");
        Assert.True(relay.FromAgent.HeldByNext >= relay.FromAgent.Lost / 4, $"The agent sent {relay.FromAgent.HeldByNext} of {relay.FromAgent.Lost} lost packets once more.");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The caller's voice is noisy and differs every time: who was misheard says it again.</summary>
    private async Task AskAsync(Softphone phone, TimelineFollower timeline, string says)
    {
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await timeline.WaitForStateAsync("Listening");
            await phone.DoAsync("play " + await Voices.SpeakAsync(_folder, TenTurnCall.CallerVoice, says));
            string? heard = (await timeline.WaitForAsync("final")).GetProperty("text").GetString();
            if (heard == says)
                return;
            output.WriteLine($"'{says}' was heard as '{heard}'");
        }
        throw new MisheardException($"'{says}' was not understood, said three times.");
    }

    /// <summary>A folder with a baresip that sends and asks for FEC, which softphone.py has no option for: it adds to the configuration just written.</summary>
    private string WithFec()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName, program = Path.Combine(folder, "baresip");
        File.WriteAllText(program, """
            #!/bin/sh
            for argument in "$@"; do
              if [ "$before" = -f ]; then
                printf 'opus_inbandfec yes\nopus_packet_loss 20\nopus_application voip\n' >>"$argument/config"
              fi
              before=$argument
            done
            PATH=${PATH#*:}
            exec baresip "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    [GeneratedRegex(@"sound in opus: \d+ packets received, \d+ lost, (\d+) of these out of the next one \(FEC\), \d+ made up[^\n]*")]
    private static partial Regex Counted();
}
