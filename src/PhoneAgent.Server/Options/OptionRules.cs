using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Options;

/// <summary>What binding alone cannot see: ranges, and values that do not go together.</summary>
internal static class OptionRules
{
    /// <summary>All broken rules, each with the key it is about.</summary>
    public static IEnumerable<(string Key, string Message)> Check(PhoneAgentOptions options)
    {
        foreach (SipOptionError error in options.Sip.Validate())
            yield return ($"sip.{error.Key}", error.Message);
        if (options.Engines.Rate is < 0.5 or > 2)
            yield return ("engines.rate", $"{options.Engines.Rate} is outside 0.5–2.");
        if (options.Limits.MaxCallDuration < TimeSpan.FromSeconds(1))
            yield return ("limits.max_call_duration", "Shorter than one second; write e.g. 1h.");
        if (options.Timeline.Folder.Length == 0)
            yield return ("timeline.folder", "The folder is empty; set timeline.enabled to false instead.");
        if (!IsAgentName(options.Agents.Default))
            yield return ("agents.default", NoAgentName(options.Agents.Default));
        foreach ((string number, string agent) in options.Agents.Routes)
            if (!IsAgentName(agent))
                yield return ($"agents.routes.{number}", NoAgentName(agent));
    }

    private static string NoAgentName(string name) =>
        $"'{name}' is not an agent's name: the name of a file in agents.folder, without .yaml.";

    private static bool IsAgentName(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny("/\\.") < 0;
}
