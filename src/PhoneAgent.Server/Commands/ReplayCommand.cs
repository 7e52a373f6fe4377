using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent replay</c>: a recorded caller meets the agent again, as fast as the engines go.</summary>
internal static class ReplayCommand
{
    public static Command Create(CommonOptions common)
    {
        var file = new Argument<FileInfo>("file") { Description = "A WAV file: a recording of ours (the caller is left), or a caller alone." };
        file.AcceptExistingOnly();
        var json = new Option<bool>("--json") { Description = "Prints the timeline as JSON lines." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Prints every event of the timeline." };
        var command = new Command("replay", "Runs a recording through the agent, as fast as it goes, and prints the timeline.") { file, json, verbose };
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            using var client = new HttpClient();
            if (common.LoadOrExplain(result) is not { } config || Setup.LoadAgents(config, client) is not { } agents || Setup.DefaultTalks(agents) is not { } agent)
                return 1;
            FileInfo wav = result.GetRequiredValue(file);
            if (ReadCaller(wav) is not { } caller)
                return 1;
            await using ServiceProvider services = Setup.Services(config).AddEngines(config, replay: true).BuildServiceProvider();
            return await RunAsync(services, agent, wav, caller, result.GetValue(json), result.GetValue(verbose), cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    /// <summary>The left channel, or the only one, at the rate of a call.</summary>
    private static short[]? ReadCaller(FileInfo file)
    {
        using FileStream stream = file.OpenRead();
        if (!WavFile.TryRead(stream, out WavFile? wav, out string? error))
        {
            Console.Error.WriteLine($"{file.Name}: {error}");
            return null;
        }
        short[] left = wav!.Channel(0);
        return wav.SampleRate == AudioFormat.SampleRate ? left : Resampler.Convert(left, wav.SampleRate, AudioFormat.SampleRate);
    }

    private static async Task<int> RunAsync(
        ServiceProvider services, TalkingAgent agent, FileInfo file, short[] caller, bool json, bool verbose, CancellationToken cancellationToken)
    {
        CallEngines engines = services.GetRequiredService<CallEngines>();
        ILogger<CallSession> logger = services.GetRequiredService<ILogger<CallSession>>();
        var info = new CallInfo
        {
            Id = $"replay-{Path.GetFileNameWithoutExtension(file.Name)}",
            Direction = CallDirection.Inbound,
            RemoteParty = "recording",
            LocalParty = agent.Name,
            StartedAt = file.LastWriteTimeUtc,
        };
        CallTimeline? timeline = null;
        Task printing = Task.CompletedTask;
        await CallReplay.RunAsync(caller, info, call =>
        {
            var session = new CallSession(call, agent.CreateDialogue(info), engines, agent.Session, recorder: null, logger)
            {
                Sound = agent.Sound,
                Escalation = agent.Escalation,
            };
            timeline = session.Timeline;
            printing = json ? PrintJsonAsync(timeline) : TimelinePrinter.RunAsync(timeline, verbose, CancellationToken.None);
            return session;
        }, cancellationToken).ConfigureAwait(false);
        await printing.ConfigureAwait(false);
        return 0;
    }

    private static async Task PrintJsonAsync(CallTimeline timeline)
    {
        await foreach (TimelineEvent timelineEvent in timeline.Subscribe().ReadAllAsync().ConfigureAwait(false))
            Console.Out.WriteLine(JsonSerializer.Serialize(timelineEvent, TimelineJson.Line));
    }
}
