using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Dialogue.Knowledge;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Reads an agent's knowledge again when its files change, while calls go on. It looks at sizes and times rather than to be told: the
/// notices of a file system do not arrive from shares and containers.
/// </summary>
internal sealed partial class KnowledgeRefresh(AgentDirectory agents, TimeProvider time, ILogger<KnowledgeRefresh> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                foreach (KnowledgeBase knowledge in agents.All.OfType<ScriptedAgent>().Select(agent => agent.Knowledge).OfType<KnowledgeBase>().Distinct())
                    Refresh(knowledge);
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private void Refresh(KnowledgeBase knowledge)
    {
        var problems = new List<ConfigProblem>();
        if (knowledge.Refresh(problems))
            Log.Changed(logger, knowledge.Folder, knowledge.Passages.Count);
        foreach (ConfigProblem problem in problems)
            Log.Broken(logger, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The knowledge in {Folder} has changed and was read again: {Passages} passages")]
        public static partial void Changed(ILogger logger, string folder, int passages);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Changed knowledge is not used until it is mended: {Problem}")]
        public static partial void Broken(ILogger logger, ConfigProblem problem);
    }
}
