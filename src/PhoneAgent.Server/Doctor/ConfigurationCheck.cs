using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

internal static class ConfigurationCheck
{
    private const string Area = "configuration";

    public static IEnumerable<CheckResult> Run(LoadedConfig config)
    {
        foreach (ConfigProblem problem in config.Problems)
            yield return CheckResult.Fail(Area, problem.ToString(), "Mend it; every option is in config/phoneagent.yaml with a comment.");
        if (config.Problems.Count > 0)
            yield break;
        yield return config.File is null
            ? CheckResult.Ok(Area, $"no {ConfigLoader.DefaultFile}: every option has its default")
            : CheckResult.Ok(Area, config.File);
    }
}
