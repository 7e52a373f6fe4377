using PhoneAgent.Inference.Models;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Where this installation keeps its models.</summary>
internal static class Models
{
    /// <exception cref="EngineException">The manifest is missing or wrong.</exception>
    public static ModelStore Open(LoadedConfig config, string? mirror = null)
    {
        string folder = config.PathOf(config.Options.Engines.ModelFolder);
        return new ModelStore(ModelManifest.Load(Path.Combine(folder, "manifest.json")), Path.Combine(folder, "cache"), mirror);
    }
}
