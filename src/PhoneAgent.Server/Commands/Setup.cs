using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

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
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.TimestampFormat = "HH:mm:ss.fff ";
        });
    }

    /// <summary>Runs a command's work; what a person can mend is one line and exit code 1, not a stack trace.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is PhoneLineException or EngineException)
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
