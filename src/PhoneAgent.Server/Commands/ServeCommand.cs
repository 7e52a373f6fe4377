using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent serve</c>: answers calls until it is told to stop.</summary>
internal static class ServeCommand
{
    // Beyond the drain: BYE, the last writes to disk.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(15);

    public static Command Create(CommonOptions common)
    {
        var command = new Command("serve", "Answers calls, and serves the pages to watch them. Ctrl-C stops it: new calls are refused, running ones may finish.");
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            using var client = new HttpClient();
            if (common.LoadOrExplain(result) is not { } config || Setup.LoadAgents(config, client) is not { } agents)
                return 1;
            using IHost host = Build(config, agents);
            await StartAsync(host, config.Options.Http, cancellationToken).ConfigureAwait(false);
            Announce(host.Services, agents);
            await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static IHost Build(LoadedConfig config, AgentDirectory agents)
    {
        if (!config.Options.Http.Enabled)
        {
            HostApplicationBuilder plain = Host.CreateEmptyApplicationBuilder(null);
            AddServices(plain, config, agents);
            return plain.Build();
        }
        WebApplicationBuilder web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddServices(web, config, agents);
        return web.AddHttp(config).Build().UseHttp();
    }

    private static void AddServices(IHostApplicationBuilder builder, LoadedConfig config, AgentDirectory agents)
    {
        Setup.AddConsole(builder.Logging, config.Options.Log.Level);
        builder.Services
            .AddEngines(config)
            .AddMedia(config)
            .AddBrowserVoice(config.Options.Talk)
            .AddSipLine(config.Options.Agents.WithHeaders(config.Options.Sip))
            .AddCalls(config, agents)
            .AddLiveCalls()
            .AddWebhooks()
            .AddHostedService(services => services.GetRequiredService<ServerTools>())
            .AddHostedService<CallService>()
            .AddCampaigns()
            .AddHostedService<KnowledgeRefresh>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = config.Options.Limits.DrainTimeout + Closing);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
    }

    private static async Task StartAsync(IHost host, HttpServerOptions http, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (HttpServerException.From(e, http) is { } explained)
        {
            throw explained;
        }
    }

    private static void Announce(IServiceProvider services, AgentDirectory agents)
    {
        foreach (var listener in services.GetRequiredService<SipPhoneLine>().Listeners)
            Console.WriteLine($"Call sip:{agents.Default.Name}@{listener.EndPoint}{(listener.Transport == "udp" ? "" : $";transport={listener.Transport}")}");
        foreach (string address in services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            Console.WriteLine($"See {address}");
        Console.WriteLine("Ctrl-C stops.");
    }
}
