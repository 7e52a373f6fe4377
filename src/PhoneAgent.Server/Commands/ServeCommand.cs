using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent serve</c>: answers calls until it is told to stop.</summary>
internal static class ServeCommand
{
    // Beyond the drain: BYE, the last writes to disk.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(15);

    public static Command Create(CommonOptions common)
    {
        var command = new Command("serve", "Answers calls. Ctrl-C stops it: new calls are refused, running ones may finish.");
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            using var client = new HttpClient();
            if (common.LoadOrExplain(result) is not { } config || Setup.LoadAgents(config, client) is not { } agents)
                return 1;
            using IHost host = Build(config, agents);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            Announce(host.Services.GetRequiredService<SipPhoneLine>(), agents);
            await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static IHost Build(LoadedConfig config, AgentDirectory agents)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        Setup.AddConsole(builder.Logging, config.Options.Log.Level);
        builder.Services
            .AddEngines(config)
            .AddMedia(config)
            .AddSipLine(config.Options.Agents.WithHeaders(config.Options.Sip))
            .AddCalls(config, agents)
            .AddHostedService(services => services.GetRequiredService<ServerTools>())
            .AddHostedService(services => services.GetRequiredService<CallHost>())
            .AddHostedService<KnowledgeRefresh>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = config.Options.Limits.DrainTimeout + Closing);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        return builder.Build();
    }

    private static void Announce(SipPhoneLine line, AgentDirectory agents)
    {
        foreach (var listener in line.Listeners)
            Console.WriteLine($"Call sip:{agents.Default.Name}@{listener.EndPoint}{(listener.Transport == "udp" ? "" : $";transport={listener.Transport}")}");
        Console.WriteLine("Ctrl-C stops.");
    }
}
