using System.Text.Json;
using PhoneAgent.Testing;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A caller asks for a human, who has a real phone too.</summary>
public abstract class TransferRig : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("phoneagent-transfer-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private protected string Stereo(string who) => Path.Combine(Folder, $"{who}.wav");

    private protected Softphone Human(params string[] more) =>
        Softphone.Start(["answer", "--user", "human", "--stdin", "--stereo", Stereo("human"), "--timeout", "110", "--max-calls", "9", .. more]);

    private protected static async Task<string> AddressAsync(Softphone human) => $"sip:human@127.0.0.1:{(await human.WaitAsync("ready")).GetProperty("sip_port").GetInt32()}";

    /// <summary>A caller who has asked for a human.</summary>
    private protected async Task<(AgentProcess Agent, Softphone Caller, TimelineFollower Timeline)> AskAsync(string human, params string[] settings)
    {
        AgentProcess agent = await AgentProcess.StartAsync([$"agents.folder={RigAgents.WithHuman(Folder, human)}", .. settings]);
        Softphone caller = Softphone.Start("call", "--to", $"sip:agent@127.0.0.1:{agent.Port}", "--stdin", "--stereo", Stereo("caller"), "--timeout", "110");
        await caller.WaitAsync("established");
        TimelineFollower timeline = await agent.FollowAsync();
        await timeline.WaitForStateAsync("Listening");
        await caller.DoAsync("play " + await Voices.SpeakAsync(Folder, "rms", "a human please"));
        return (agent, caller, timeline);
    }

    private protected static Task<JsonElement> StepAsync(TimelineFollower timeline, string step, double seconds = 30) => timeline.WaitAsync($"transfer step '{step}'",
        e => e.GetProperty("event").GetString() == "transfer" && e.GetProperty("step").GetString() == step, seconds);
}
