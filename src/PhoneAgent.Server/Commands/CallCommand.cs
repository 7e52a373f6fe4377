using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Telephony.Sip;
using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent call</c>: places one call and prints what happens in it.</summary>
internal static class CallCommand
{
    public static Command Create(CommonOptions common)
    {
        var target = new Argument<string>("target") { Description = "Whom to call: a SIP URI, or a number at the first account." };
        var say = new Option<string?>("--say") { Description = "Says this and hangs up.", HelpName = "text" };
        var play = new Option<FileInfo>("--play") { Description = "Plays this WAV file and hangs up; after --say where both are given.", HelpName = "file" };
        play.AcceptExistingOnly();
        var record = new Option<FileInfo>("--record") { Description = "Records the call: left the other party, right the agent.", HelpName = "file" };
        var detect = new Option<bool>("--detect-machine") { Description = "Finds out who answers: talks to a person; a machine gets --say, or the message of the configuration, after its beep; hangs up on all others." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Prints every event of the timeline." };
        var command = new Command("call", "Places one call. Without --say and --play the agent holds the conversation.") { target, say, play, record, detect, verbose };
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            using var client = new HttpClient();
            if (common.LoadOrExplain(result) is not { } config || Setup.LoadAgents(config, client) is not { } agents)
                return 1;
            Agent agent = Announcement(result.GetValue(say), result.GetValue(play)) is { } announcement
                ? new TalkingAgent("announcement", AnnouncementSession(agents.Default, config), _ => new AnnouncementDialogue(announcement))
                : agents.Default;
            if (result.GetValue(detect))
                agent = agent.WithAnswerDetection(result.GetValue(say));
            string to = result.GetRequiredValue(target);
            await using ServiceProvider services = Setup.Services(config)
                .AddEngines(config)
                .AddMedia(config)
                .AddSipLine(SipLines.OutboundOnly(config.Options.Sip, to))
                .AddCalls(config, agents)
                .BuildServiceProvider();
            return await RunAsync(services, to, agent, result.GetValue(record)?.FullName, result.GetValue(verbose), cancellationToken).ConfigureAwait(false);
        }));
        return command;
    }

    // An announcement has the agent's voice, where it has one. Whoever answers says something first: that must not cut it.
    private static CallSessionOptions AnnouncementSession(Agent agent, LoadedConfig config)
    {
        CallSessionOptions session = (agent as TalkingAgent)?.Session ?? config.Options.Session;
        return session with { BargeIn = session.BargeIn with { Enabled = false } };
    }

    private static List<DialogueAction>? Announcement(string? text, FileInfo? file)
    {
        List<DialogueAction> actions = [];
        if (text is not null)
            actions.Add(new DialogueAction.Say(text, Interruptible: false));
        if (file is not null)
            actions.Add(new DialogueAction.Play(file.FullName, file.Name, Interruptible: false));
        return actions.Count == 0 ? null : actions;
    }

    private static async Task<int> RunAsync(
        ServiceProvider services, string target, Agent agent, string? record, bool verbose, CancellationToken cancellationToken)
    {
        await services.OpenStorageAsync(cancellationToken).ConfigureAwait(false);
        CallHost host = services.GetRequiredService<CallHost>();
        IPhoneLine line = services.GetRequiredService<IPhoneLine>();
        await line.StartAsync(cancellationToken).ConfigureAwait(false);
        // Who answers speaks at once: engines that load only then would miss his "hello".
        await services.GetRequiredService<EngineWarmUp>().RunAsync(cancellationToken).ConfigureAwait(false);
        AnsiConsole.MarkupLineInterpolated($"Calling {target} …");
        var call = new OutgoingCall(new PlaceCallRequest(target), agent.Name, services.GetRequiredService<TimeProvider>().GetUtcNow()) { RecordTo = record };
        Task<CallEnd> over = host.PlaceAsync(line, call, agent, cancellationToken);
        if (await call.Outcome.ConfigureAwait(false) is { } failure)
        {
            Console.Error.WriteLine($"{target} was not reached: {(call.Early is { } early ? $"{early.Detail}, then " : "")}{failure.ToWords()}");
            return 1;
        }
        await TimelinePrinter.RunAsync(call.Running!.Timeline, verbose, CancellationToken.None).ConfigureAwait(false);
        CallEnd end = await over.ConfigureAwait(false);
        if (record is not null)
            AnsiConsole.MarkupLineInterpolated($"Recorded to {record}");
        return end.Cause is CallEndCause.HungUp or CallEndCause.Transferred ? 0 : 1;
    }
}
