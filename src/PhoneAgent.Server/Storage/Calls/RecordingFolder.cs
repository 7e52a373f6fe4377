using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Where recordings lie: the database has their names below this folder, so that the folder can move.</summary>
internal sealed class RecordingFolder(LoadedConfig config)
{
    public string Path { get; } = config.PathOf(config.Options.Recording.Folder ?? config.Options.Timeline.Folder);

    /// <summary>The whole path; null for a name that leads out of the folder.</summary>
    public string? Find(string name)
    {
        string path = System.IO.Path.GetFullPath(name, Path);
        return path.StartsWith(Path + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }
}
