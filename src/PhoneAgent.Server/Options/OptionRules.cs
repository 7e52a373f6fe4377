using PhoneAgent.Inference.Mcp;
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
        foreach (string problem in options.Media.Check())
        {
            int colon = problem.IndexOf(": ", StringComparison.Ordinal);
            yield return ($"media.{problem[..colon]}", problem[(colon + 2)..]);
        }
        foreach ((string key, string message) in CheckSession(options.Session))
            yield return ($"session.{key}", message);
        foreach ((string key, string message) in EngineNames.Check(options))
            yield return (key, message);
        foreach ((int index, McpServerDefinition server) in options.Mcp.Index())
            foreach ((string key, string message) in server.Check())
                yield return ($"mcp[{index}]{(key.Length == 0 ? "" : ".")}{key}", message);
        foreach (string twice in options.Mcp.GroupBy(server => server.Name).Where(same => same.Count() > 1).Select(same => same.Key))
            yield return ("mcp", $"Two servers have the name '{twice}'.");
        foreach ((string key, string message) in options.Http.Check())
            yield return ($"http.{key}", message);
        foreach ((string key, string message) in options.Talk.Check())
            yield return ($"talk.{key}", message);
        foreach ((string key, string message) in options.Storage.Check())
            yield return ($"storage.{key}", message);
        foreach ((string key, string message) in options.Transfer.Check())
            yield return ($"transfer.{key}", message);
        foreach ((string key, string message) in options.Api.Check())
            yield return ($"api.{key}", message);
        foreach ((int index, WebhookOptions hook) in options.Webhooks.Index())
            foreach ((string key, string message) in hook.Check())
                yield return ($"webhooks[{index}].{key}", message);
        if (options.Webhooks.Count > WebhookOptions.Most)
            yield return ("webhooks", $"More than {WebhookOptions.Most}.");
        foreach (string twice in options.Webhooks.GroupBy(hook => hook.Name).Where(same => same.Count() > 1).Select(same => same.Key))
            yield return ("webhooks", $"Two have the name '{twice}'.");
        foreach ((string key, string message) in options.Outbound.Check())
            yield return ($"outbound.{key}", message);
        foreach ((string key, string message) in options.Campaigns.Check())
            yield return ($"campaigns.{key}", message);
        if (options.Limits.MaxCallDuration < TimeSpan.FromSeconds(1))
            yield return ("limits.max_call_duration", "Shorter than one second; write e.g. 1h.");
        if (options.Engines.TtsCache.MaxMegabytes is < 1 or > 100_000)
            yield return ("engines.tts_cache.max_megabytes", $"{options.Engines.TtsCache.MaxMegabytes} is outside 1–100000.");
        if (options.Engines.TtsCache is { Enabled: true, Folder.Length: 0 })
            yield return ("engines.tts_cache.folder", "The folder is empty; set engines.tts_cache.enabled to false instead.");
        if (options.Engines.TtsCache.Enabled && !options.Engines.WarmUp)
            yield return ("engines.tts_cache.enabled", "It is filled by the warm-up: set engines.warm_up to true, or this to false.");
        if (options.Emotion.InterimEvery < TimeSpan.FromMilliseconds(100))
            yield return ("emotion.interim_every", "Shorter than 100ms says nothing new.");
        if (options.Emotion.Patience < TimeSpan.Zero || options.Emotion.Patience > TimeSpan.FromSeconds(1))
            yield return ("emotion.patience", "Outside 0–1s: the caller waits for his answer.");
        if (options.Emotion.AtOnce is < 0 or > 256)
            yield return ("emotion.at_once", $"{options.Emotion.AtOnce} is outside 0–256.");
        if (options.Emotion.Model is { } model && !model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            yield return ("emotion.model", $"'{model}' is no .onnx file.");
        if (options.Timeline.Folder.Length == 0)
            yield return ("timeline.folder", "The folder is empty; set timeline.enabled to false instead.");
        if (!IsAgentName(options.Agents.Default))
            yield return ("agents.default", NoAgentName(options.Agents.Default));
        foreach ((int index, AgentRoute route) in options.Agents.Routes.Index())
            foreach ((string key, string message) in CheckRoute(route))
                yield return ($"agents.routes[{index}]{(key.Length == 0 ? "" : ".")}{key}", message);
    }

    private static IEnumerable<(string Key, string Message)> CheckSession(CallSessionOptions session)
    {
        if (session.Speaker.Rate is < 0.5 or > 2)
            yield return ("speaker.rate", $"{session.Speaker.Rate} is outside 0.5–2.");
        if (session.Speaker.GainDb is < -40 or > 20)
            yield return ("speaker.gain_db", $"{session.Speaker.GainDb} is outside -40–20.");
        if (session.Speaker.SentencesAtOnce is < 1 or > 8)
            yield return ("speaker.sentences_at_once", $"{session.Speaker.SentencesAtOnce} is outside 1–8.");
        if (session.SpeechDetection.OnThreshold is <= 0 or >= 1)
            yield return ("speech_detection.on_threshold", $"{session.SpeechDetection.OnThreshold} is not between 0 and 1.");
        if (session.SpeechDetection.OffThreshold <= 0 || session.SpeechDetection.OffThreshold > session.SpeechDetection.OnThreshold)
            yield return ("speech_detection.off_threshold", $"{session.SpeechDetection.OffThreshold} is not between 0 and on_threshold ({session.SpeechDetection.OnThreshold}).");
        if (session.BargeIn.MinConfidence is < 0 or > 1)
            yield return ("barge_in.min_confidence", $"{session.BargeIn.MinConfidence} is outside 0–1.");
        if (session.Endpointing.CompleteAnswer > session.Endpointing.Base || session.Endpointing.Base > session.Endpointing.Incomplete)
            yield return ("endpointing", "The times must not fall: complete_answer, base, incomplete.");
        foreach ((string key, string message) in session.AnswerDetection.Check())
            yield return ($"answer_detection.{key}", message);
        if (session.SilenceTimeout < TimeSpan.FromSeconds(1))
            yield return ("silence_timeout", "Shorter than one second leaves no time to answer.");
        foreach ((string key, string path) in session.SpokenErrors.Prompts)
        {
            if (!File.Exists(path))
                yield return ($"spoken_errors.{key}", $"{path} does not exist; a WAV file is expected.");
        }
    }

    private static IEnumerable<(string Key, string Message)> CheckRoute(AgentRoute route)
    {
        foreach ((string, string) problem in route.Check())
            yield return problem;
        if (!IsAgentName(route.Agent))
            yield return ("agent", NoAgentName(route.Agent));
    }

    private static string NoAgentName(string name) =>
        $"'{name}' is not an agent's name: the name of a file in agents.folder, without .yaml.";

    private static bool IsAgentName(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny("/\\.") < 0;
}
