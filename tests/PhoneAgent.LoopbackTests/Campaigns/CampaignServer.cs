using System.Diagnostics;
using System.Text;
using PhoneAgent.Audio;
using PhoneAgent.LoopbackTests.Rig;

namespace PhoneAgent.LoopbackTests.Campaigns;

/// <summary>A server that dials campaigns, as a user runs it, and that can be killed.</summary>
internal sealed class CampaignServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private CampaignServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString()[^Math.Min(_output.Length, 4000)..];
        }
    }

    /// <param name="folder">State, calls and agents.</param>
    /// <param name="storage">Lines below "storage:".</param>
    /// <param name="lease">Short where servers are killed; otherwise long, so that one that a busy machine holds up is not taken for dead.</param>
    public static CampaignServer Start(string folder, string name, int callees, string storage, int callsAtOnce, string lease)
    {
        string home = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        string agents = Directory.CreateDirectory(Path.Combine(folder, "agents")).FullName;
        string config = Path.Combine(home, "phoneagent.yaml");
        // Not again by who is started again: another server may be reading them.
        if (!File.Exists(Path.Combine(agents, "hello.wav")))
        {
            WriteHello(Path.Combine(agents, "hello.wav"));
            File.WriteAllText(Path.Combine(agents, "caller.yaml"), "name: caller\nlanguage: en-US\nstart: a\nsteps:\n  a: { say: \"Hello, this is a test of a campaign that calls many people.\", play: hello.wav, hang_up: done }\n");
        }
        File.WriteAllText(config, $$"""
            sip:
              listen: ["udp://127.0.0.1:0"]
              max_calls: 400
              accounts:
                - {name: rig, user: agent, domain: 127.0.0.1, outbound_proxy: "sip:127.0.0.1:{{callees}};lr", register: false}
            http: {enabled: false, state_folder: {{home}} }
            timeline: {folder: {{home}} }
            engines: {warm_up: false, vad: energy}
            emotion: {enabled: false}
            session: {filler_after: 15s, reply_timeout: 60s}
            agents: {folder: {{agents}}, default: caller}
            outbound: {allowed_prefixes: ["+49"], calls_per_hour: 0, calls_per_target_per_hour: 0, calls_at_once: 0}
            campaigns: {node: {{name}}, lease: {{lease}}, poll: 200ms, trunk: {calls_at_once: {{callsAtOnce}}, calls_per_second: 200} }
            limits: {drain_timeout: 5s}
            storage:
            {{storage}}

            """);
        string build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = Path.Combine(AgentProcess.Root, "src", "PhoneAgent.Server", "bin", build, "net10.0", "phoneagent.dll");
        return new CampaignServer(Process.Start(new ProcessStartInfo("dotnet", [program, "serve", "--config", config])
        {
            WorkingDirectory = AgentProcess.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    // A recording, and patience above: a voice that has to make forty sentences at once on a busy machine is given up, and then nothing was said.
    private static void WriteHello(string file)
    {
        const int Rate = 16_000;
        // Whoever hangs up at once is gone before its end.
        short[] tone = [.. Enumerable.Range(0, 3 * Rate).Select(i => (short)(4_000 * Math.Sin(2 * Math.PI * 300 * i / Rate)))];
        using var wav = new WavWriter(File.Create(file), Rate, channels: 1);
        wav.Write(tone);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            if (line.Data is { } text)
                _output.AppendLine(text);
    }
}
