using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Who is told of calls, and how.</summary>
internal static class WebhookCheck
{
    private const string Area = "webhooks";

    public static IEnumerable<CheckResult> Run(LoadedConfig config)
    {
        if (config.Problems.Count > 0)
            yield break;
        foreach (WebhookOptions hook in config.Options.Webhooks)
        {
            var url = new Uri(hook.Url);
            if (url.Scheme == "http" && !url.IsLoopback)
                yield return CheckResult.Warn(Area, $"{hook.Name}: what it is told goes to {url.Host} unencrypted", "Use https://.");
            else if (hook.PersonalData)
                yield return CheckResult.Ok(Area, $"{hook.Name}: {url.Host} is told of calls, with numbers and summaries");
            else
                yield return CheckResult.Ok(Area, $"{hook.Name}: {url.Host} is told of calls, numbers are masked");
        }
    }
}
