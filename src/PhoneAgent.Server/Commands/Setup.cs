using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Commands;

/// <summary>What commands that hold calls have in common.</summary>
internal static class Setup
{
    /// <summary>Loads the agents; prints all that is wrong and returns null where there is something.</summary>
    public static AgentDirectory? LoadAgents(LoadedConfig config, HttpClient client)
    {
        AgentDirectory? agents = AgentDirectory.Load(config, client, TimeProvider.System, out IReadOnlyList<ConfigProblem> problems);
        if (agents is null)
            CommonOptions.Explain("The agents' files", problems);
        return agents;
    }

    /// <summary>The default agent if it holds conversations; says so and returns null when it does not.</summary>
    public static TalkingAgent? DefaultTalks(AgentDirectory agents)
    {
        if (agents.Default is TalkingAgent talking)
            return talking;
        Console.Error.WriteLine($"The agent {agents.Default.Name} holds no conversation. Choose another with --agent, or agents.default.");
        return null;
    }

    /// <summary>Services of one command that is no server: its log goes to standard error, quietly unless asked otherwise.</summary>
    public static ServiceCollection Services(LoadedConfig config, LogLevel quiet = LogLevel.Warning)
    {
        var services = new ServiceCollection();
        LogLevel level = config.Options.Log.Level == LogLevel.Information ? quiet : config.Options.Log.Level;
        services.AddLogging(logging => AddConsole(logging, level));
        return services;
    }

    public static void AddConsole(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // A start that fails is said once, by the command.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        // The keys of cookies lie in a folder of this user only; there is nothing to encrypt them with.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Microsoft.AspNetCore", level < LogLevel.Information ? level : LogLevel.Warning);
        logging.AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(console =>
        {
            console.FormatterName = LogLineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    }

    /// <summary>Runs a command's work; what a person can mend is one line and exit code 1, not a stack trace.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is PhoneLineException or EngineException or HttpServerException or StorageException or DbException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
