using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Demo;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Outbound;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sip;
using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent demo</c>: a built-in caller and the agent talk over SIP and RTP on this machine.</summary>
internal static class DemoCommand
{
    public static Command Create(CommonOptions common)
    {
        var voice = new Option<string?>("--caller-voice") { Description = "The caller's voice, e.g. rms or awb.", HelpName = "voice" };
        var record = new Option<FileInfo>("--record") { Description = "Records the call: left the caller, right the agent.", HelpName = "file" };
        var command = new Command("demo", "A built-in caller talks to the agent on this machine; shows both sides and how quickly the agent answers.") { voice, record };
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            using var client = new HttpClient();
            if (common.LoadOrExplain(result) is not { } config || Setup.LoadAgents(config, client) is not { } agents || Setup.DefaultTalks(agents) is not { } agent)
                return 1;
            var view = new DemoView(AnsiConsole.Console, Terminal.IsInteractive);
            var watcher = new DemoWatcher(view);
            await using ServiceProvider services = Setup.Services(config, LogLevel.Error)
                .AddEngines(config)
                .AddMedia(config)
                .AddSipLine(SipLines.Loopback(config.Options.Sip, agent.Name))
                .AddCalls(config, agents)
                .AddSingleton<ICallWatcher>(watcher)
                .BuildServiceProvider();
            return await RunAsync(services, view, watcher, agent, result.GetValue(voice), cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        ServiceProvider services, DemoView view, DemoWatcher watcher, TalkingAgent agent, string? voice, CancellationToken cancellationToken)
    {
        LoadedConfig config = services.GetRequiredService<LoadedConfig>();
        CallEngines engines = services.GetRequiredService<CallEngines>();
        if (voice is not null && !engines.Synthesizer.Voices.Any(v => v.Id == voice))
        {
            Console.Error.WriteLine($"--caller-voice: {engines.Synthesizer.Name} has no voice '{voice}'. Choose one of {string.Join(", ", engines.Synthesizer.Voices.Select(v => v.Id))}.");
            return 1;
        }
        await services.OpenStorageAsync(cancellationToken).ConfigureAwait(false);
        CallHost host = services.GetRequiredService<CallHost>();
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            SipPhoneLine caller = SipLines.Create(SipLines.Loopback(config.Options.Sip, "caller"), services.GetRequiredService<ICallMediaFactory>(),
                services.GetRequiredService<OutboundGuard>(), TimeProvider.System, services.GetRequiredService<ILoggerFactory>());
            await using (caller.ConfigureAwait(false))
            {
                await caller.StartAsync(cancellationToken).ConfigureAwait(false);
                string target = $"sip:{agent.Name}@{services.GetRequiredService<SipPhoneLine>().Listeners[0].EndPoint}";
                AnsiConsole.MarkupLineInterpolated($"A caller calls {target} …");
                PlaceCallResult placed = await caller.PlaceAsync(new PlaceCallRequest(target), cancellationToken).ConfigureAwait(false);
                if (placed.Call is not { } call)
                {
                    Console.Error.WriteLine($"The agent did not answer: {placed.Failure!.ToWords()}");
                    return 1;
                }
                await using (call.ConfigureAwait(false))
                    await new DemoCaller(DemoLine.FrontDesk, engines.Synthesizer, voice ?? OtherVoice(engines, agent), view.On)
                        .RunAsync(call, cancellationToken).ConfigureAwait(false);
                await watcher.Done.ConfigureAwait(false);
            }
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        view.Summary();
        if (config.Options.Timeline.Enabled)
            AnsiConsole.MarkupLineInterpolated($"Timeline and summary are in {services.GetRequiredService<SqlDatabase>().Place}: phoneagent explain {watcher.CallId}");
        return 0;
    }

    // Two people should not sound alike.
    private static string? OtherVoice(CallEngines engines, TalkingAgent agent)
    {
        string? own = agent.Session.Speaker.Voice ?? (engines.Synthesizer.Voices.Count > 0 ? engines.Synthesizer.Voices[0].Id : null);
        return engines.Synthesizer.Voices.FirstOrDefault(v => v.Id != own && v.Language.StartsWith("en", StringComparison.OrdinalIgnoreCase))?.Id;
    }

    /// <summary>Shows the agent's side of the one call there is.</summary>
    private sealed class DemoWatcher(DemoView view) : ICallWatcher
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        /// <summary>Of the call there was.</summary>
        public string CallId { get; private set; } = "";

        public void OnStarted(RunningCall call)
        {
            CallId = call.Info.Id;
            _ = ShowAsync(call);
        }

        private async Task ShowAsync(RunningCall call)
        {
            await foreach (TimelineEvent timelineEvent in call.Timeline.Subscribe().ReadAllAsync().ConfigureAwait(false))
                view.On(timelineEvent);
            await call.Completion.ConfigureAwait(false);
            _done.TrySetResult();
        }
    }
}
