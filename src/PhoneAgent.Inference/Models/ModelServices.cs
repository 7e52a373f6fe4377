using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Inference.Models;

public static class ModelServices
{
    /// <summary>The model store and the downloader, over MODELS/manifest.json and MODELS/cache.</summary>
    /// <param name="modelFolder">The folder of manifest.json.</param>
    /// <param name="mirrorFolder">A folder that may hold models already, or null.</param>
    public static IServiceCollection AddModels(this IServiceCollection services, string modelFolder, string? mirrorFolder)
    {
        services.AddSingleton(_ => new ModelStore(
            ModelManifest.Load(Path.Combine(modelFolder, "manifest.json")), Path.Combine(modelFolder, "cache"), mirrorFolder));
        services.AddSingleton(s => new ModelDownloader(
            new HttpClient { Timeout = Timeout.InfiniteTimeSpan }, // the downloader has its own for stalls
            s.GetRequiredService<ModelStore>(), new ModelDownloadOptions(), s.GetService<TimeProvider>() ?? TimeProvider.System,
            s.GetService<ILogger<ModelDownloader>>()));
        return services;
    }
}
