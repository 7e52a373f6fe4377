using PhoneAgent.Inference.Models;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Are the models here that are used by default?</summary>
internal static class ModelCheck
{
    private const string Area = "models";

    public static IEnumerable<CheckResult> Run(LoadedConfig config)
    {
        ModelStore store;
        CheckResult? broken = null;
        try
        {
            store = Models.Open(config);
        }
        catch (EngineException e)
        {
            broken = CheckResult.Warn(Area, e.Message, "Set engines.model_folder to the folder 'models' of PhoneAgent.");
            store = null!;
        }
        if (broken is not null)
        {
            yield return broken;
            yield break;
        }
        foreach (ModelEntry model in store.Manifest.Models)
        {
            if (store.Find(model.Name) is { } path)
                yield return CheckResult.Ok(Area, $"{model.Name}: {path}");
            else if (model.IsDefault)
                yield return CheckResult.Warn(Area, $"{model.Name} is not here: {model.Without}", $"phoneagent models pull {model.Name}");
        }
    }
}
