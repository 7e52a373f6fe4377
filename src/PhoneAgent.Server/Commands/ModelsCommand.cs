using System.CommandLine;
using PhoneAgent.Inference.Models;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using Spectre.Console;

namespace PhoneAgent.Server.Commands;

/// <summary><c>phoneagent models</c>: which models there are, and brings them here.</summary>
internal static class ModelsCommand
{
    public static Command Create(CommonOptions common) => new("models", "Lists the models and fetches them.")
    {
        CreateList(common),
        CreatePull(common),
    };

    private static Command CreateList(CommonOptions common)
    {
        var command = new Command("list", "Lists the models of models/manifest.json and says which are here.");
        command.SetAction((result, _) => Setup.GuardAsync(() =>
        {
            if (common.LoadOrExplain(result) is not { } config)
                return Task.FromResult(1);
            ModelStore store = Models.Open(config);
            foreach (ModelEntry model in store.Manifest.Models)
                AnsiConsole.MarkupLineInterpolated($"{model.Name,-20} {model.Kind,-18} {Size(model.Bytes),8}  {model.Licence,-12} {(store.Find(model.Name) is null ? $"not here: {model.Without}" : "here")}");
            return Task.FromResult(0);
        }));
        return command;
    }

    private static Command CreatePull(CommonOptions common)
    {
        var names = new Argument<string[]>("name") { Description = "Models to fetch.", Arity = ArgumentArity.ZeroOrMore };
        var allDefault = new Option<bool>("--all-default") { Description = "Fetches every model that is used by default." };
        var mirror = new Option<DirectoryInfo>("--mirror") { Description = "A folder that holds the files; asked before the internet.", HelpName = "folder" };
        mirror.AcceptExistingOnly();
        var command = new Command("pull", "Fetches models: goes on where a download stopped, and checks each file's sha256.") { names, allDefault, mirror };
        command.Validators.Add(result =>
        {
            if (result.GetValue(names) is null or [] && !result.GetValue(allDefault))
                result.AddError("Name a model ('phoneagent models list' shows them), or give --all-default.");
        });
        command.SetAction((result, cancellationToken) => Setup.GuardAsync(async () =>
        {
            if (common.LoadOrExplain(result) is not { } config)
                return 1;
            ModelStore store = Models.Open(config, result.GetValue(mirror)?.FullName);
            IEnumerable<string> wanted = result.GetValue(names) ?? [];
            if (result.GetValue(allDefault))
                wanted = wanted.Concat(store.Manifest.Models.Where(m => m.IsDefault).Select(m => m.Name)).Distinct();
            // Set-up asks at every start: there it need not insist.
            ModelDownloadOptions options = result.GetValue(allDefault) ? new() { Attempts = 2 } : new();
            return await PullAsync(store, [.. wanted], options, cancellationToken).ConfigureAwait(false) ? 0 : 1;
        }));
        return command;
    }

    private static async Task<bool> PullAsync(ModelStore store, IReadOnlyList<string> names, ModelDownloadOptions options, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var downloader = new ModelDownloader(client, store, options, TimeProvider.System);
        bool all = true;
        foreach (string name in names)
        {
            try
            {
                bool wasHere = store.Find(name) is { } found && found == store.CachePath(store.Manifest.Find(name));
                string path = Terminal.IsInteractive && !wasHere
                    ? await WithBarAsync(name, progress => downloader.PullAsync(name, progress, cancellationToken)).ConfigureAwait(false)
                    : await downloader.PullAsync(name, null, cancellationToken).ConfigureAwait(false);
                if (!wasHere)
                    AnsiConsole.MarkupLineInterpolated($"{name}: {path}");
            }
            catch (EngineException e)
            {
                Console.Error.WriteLine(e.Message);
                all = false;
            }
        }
        return all;
    }

    private static Task<string> WithBarAsync(string name, Func<IProgress<ModelProgress>, Task<string>> pull) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(name);
                return await pull(new BarProgress(bar)).ConfigureAwait(false);
            });

    private static string Size(long bytes) => bytes >= 1 << 20 ? $"{bytes / (1 << 20)} MB" : $"{bytes / (1 << 10)} kB";

    private sealed class BarProgress(ProgressTask bar) : IProgress<ModelProgress>
    {
        public void Report(ModelProgress value)
        {
            bar.MaxValue = value.Total;
            bar.Value = value.Received;
        }
    }
}
