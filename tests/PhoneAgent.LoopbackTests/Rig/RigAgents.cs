namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The shipped agents, changed for a test.</summary>
internal static class RigAgents
{
    /// <summary>A copy of the agents in which the human is somebody else; the folder it is in.</summary>
    public static string WithHuman(string folder, string target)
    {
        string copies = Path.Combine(folder, "agents"), source = Path.Combine(AgentProcess.Root, "config", "agents");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(copies, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(copy, File.ReadAllText(file).Replace("target: \"200\"", $"target: \"{target}\"", StringComparison.Ordinal));
        }
        return copies;
    }
}
