using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Inference;
using PhoneAgent.Server.Doctor;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent doctor</c>: looks at everything a call needs and says what to do about each finding.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommonOptions common)
    {
        var json = new Option<bool>("--json") { Description = "Prints the findings as JSON." };
        var command = new Command("doctor", "Checks configuration, ports, storage, packages, models, engines, agents, their knowledge and MCP servers; says what to do about each.") { json };
        command.SetAction(async (result, cancellationToken) =>
        {
            List<CheckResult> findings = await RunAsync(common.Load(result), cancellationToken).ConfigureAwait(false);
            if (result.GetValue(json))
                Console.Out.WriteLine(JsonSerializer.Serialize(findings, TimelineJson.Document));
            else
                Print(findings);
            return findings.Any(f => f.Level == CheckLevel.Fail) ? 1 : 0;
        });
        return command;
    }

    private static async Task<List<CheckResult>> RunAsync(LoadedConfig config, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        AgentDirectory? agents = AgentDirectory.Load(config, client, TimeProvider.System, out IReadOnlyList<ConfigProblem> problems);
        await using ServiceProvider services = Setup.Services(config, LogLevel.None).AddEngines(config).BuildServiceProvider();
        return
        [
            .. ConfigurationCheck.Run(config),
            .. PortCheck.Run(config.Options),
            .. await HttpCheck.RunAsync(config, TimeProvider.System, cancellationToken).ConfigureAwait(false),
            .. OutboundCheck.Run(config),
            .. WebhookCheck.Run(config),
            .. PackageCheck.Run(),
            .. UserAgentCheck.Run(config.Options.Sip),
            .. ModelCheck.Run(config),
            .. await EngineCheck.RunAsync(services.GetServices<IEngineProbe>(), cancellationToken).ConfigureAwait(false),
            .. config.Problems.Count > 0 ? [] : await EngineCheck.RunAsync(new ProviderFactory(services, config).Probes(config.Options.Providers), cancellationToken).ConfigureAwait(false),
            .. config.Problems.Count > 0 ? [] : await EngineCheck.RunAsync(services.GetRequiredService<EngineSet>(), config.Options.Engines, cancellationToken).ConfigureAwait(false),
            .. AgentCheck.Run(config, agents, problems),
            .. config.Problems.Count > 0 ? [] : await AgentCheck.RunAsync(agents, services.GetRequiredService<CallEngines>().Recognizer, cancellationToken).ConfigureAwait(false),
            .. HumanCheck.Run(config, agents),
            .. KnowledgeCheck.Run(agents),
            .. await McpCheck.RunAsync(config.McpServers, TimeProvider.System, cancellationToken).ConfigureAwait(false),
            .. config.Problems.Count > 0 ? [] : new[] { await StorageCheck.RunAsync(config, TimeProvider.System, cancellationToken).ConfigureAwait(false) },
            .. MachineCheck.Run(config),
        ];
    }

    private static void Print(List<CheckResult> findings)
    {
        string? area = null;
        foreach (CheckResult finding in findings)
        {
            if (finding.Area != area)
                AnsiConsole.MarkupLineInterpolated($"[bold]{area = finding.Area}[/]");
            switch (finding.Level)
            {
                case CheckLevel.Ok:
                    AnsiConsole.MarkupLineInterpolated($"  [green]ok[/]    {finding.Finding}");
                    break;
                case CheckLevel.Warn:
                    AnsiConsole.MarkupLineInterpolated($"  [yellow]warn[/]  {finding.Finding}");
                    break;
                default:
                    AnsiConsole.MarkupLineInterpolated($"  [red]fail[/]  {finding.Finding}");
                    break;
            }
            if (finding.Advice is { } advice)
                AnsiConsole.MarkupLineInterpolated($"        [dim]{advice}[/]");
        }
        int fails = findings.Count(f => f.Level == CheckLevel.Fail), warns = findings.Count(f => f.Level == CheckLevel.Warn);
        AnsiConsole.MarkupLineInterpolated($"{findings.Count - fails - warns} ok, {warns} {(warns == 1 ? "warning" : "warnings")}, {fails} {(fails == 1 ? "failure" : "failures")}");
    }
}
