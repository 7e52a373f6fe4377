using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Models;

/// <summary>
/// Where models lie on this machine: fetched ones in the cache, others in a mirror, a folder laid out like the cache or
/// one that holds the files side by side. Thread-safe.
/// </summary>
public sealed class ModelStore(ModelManifest manifest, string cacheFolder, string? mirrorFolder = null)
{
    public ModelManifest Manifest => manifest;

    /// <summary>Where the file of a model belongs.</summary>
    public string CachePath(ModelEntry model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Path.GetFullPath(Path.Combine(cacheFolder, model.File));
    }

    /// <summary>Path of a model that is here, with the right size; null when it is not. The hash was checked when it was fetched.</summary>
    /// <exception cref="EngineException">The manifest has no such model.</exception>
    public string? Find(string name)
    {
        var model = manifest.Find(name);
        var cached = CachePath(model);
        return HasSize(cached, model) ? cached : FindInMirror(model);
    }

    /// <exception cref="EngineException">The model is unknown or not here; the message says how to get it and what stands in.</exception>
    public string Require(string name)
    {
        if (Find(name) is { } path)
            return path;
        var model = manifest.Find(name);
        throw new EngineException(
            $"The model {model.Name} is not here ({CachePath(model)}): run `phoneagent models pull {model.Name}`. Without it, {model.Without}.");
    }

    internal string? FindInMirror(ModelEntry model)
    {
        if (mirrorFolder is null)
            return null;
        string[] candidates = [Path.Combine(mirrorFolder, model.File), Path.Combine(mirrorFolder, Path.GetFileName(model.File))];
        return Array.Find(candidates, path => HasSize(path, model));
    }

    private static bool HasSize(string path, ModelEntry model)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == model.Bytes;
    }
}
