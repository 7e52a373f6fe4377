using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Piper;

/// <summary>The voices of a folder. Models are loaded when they are first spoken with, and stay. Thread-safe.</summary>
internal sealed class PiperVoices : IDisposable
{
    /// <summary>Speakers of one voice that are listed; the others can be asked for all the same.</summary>
    private const int MaxListedSpeakers = 16;

    private readonly IReadOnlyList<(string Name, PiperVoiceConfig Config, Lazy<PiperVoice> Voice)> voices;

    private PiperVoices(IReadOnlyList<(string, PiperVoiceConfig, Lazy<PiperVoice>)> voices, IReadOnlyList<string> unusable) =>
        (this.voices, Unusable) = (voices, unusable);

    /// <summary>What is wrong with voices of the folder that cannot be used.</summary>
    public IReadOnlyList<string> Unusable { get; }

    /// <exception cref="EngineException">There is no usable voice, or not the one that is to be the default.</exception>
    public static PiperVoices Open(PiperOptions options, IOnnxRuntime runtime)
    {
        var (found, unusable) = (new List<(string, PiperVoiceConfig, Lazy<PiperVoice>)>(), new List<string>());
        foreach (var path in ModelsIn(options.Folder))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                var config = PiperVoiceConfig.Load(path + ".json");
                var voice = new Lazy<PiperVoice>(() => PiperVoice.Load(runtime, path, config, options.Threads), LazyThreadSafetyMode.PublicationOnly);
                found.Insert(name == options.Voice ? 0 : found.Count, (name, config, voice));
            }
            catch (EngineException e) when (name != options.Voice)
            {
                unusable.Add(e.Message);
            }
        }
        if (found.Count == 0)
            throw new EngineException($"There is no Piper voice in {options.Folder}: a voice is NAME.onnx with NAME.onnx.json beside it. {string.Join(' ', unusable)}".TrimEnd());
        if (options.Voice is { } wanted && found[0].Item1 != wanted)
            throw new EngineException($"{options.Folder} has no Piper voice '{wanted}'; it has {string.Join(", ", found.Select(v => v.Item1))}.");
        return new PiperVoices(found, unusable);
    }

    public IReadOnlyList<VoiceInfo> List() =>
    [
        .. voices.Select(v => new VoiceInfo(v.Name, v.Config.Language, v.Config.Speakers > 1 ? $"{v.Config.Speakers} speakers: {v.Name}#SPEAKER" : "Piper")),
        .. voices.Where(v => v.Config.SpeakerIds.Count > 1).SelectMany(v => v.Config.SpeakerIds.Keys.Take(MaxListedSpeakers)
            .Select(speaker => new VoiceInfo($"{v.Name}#{speaker}", v.Config.Language, "Piper"))),
    ];

    /// <summary>The voice and speaker of a request; without a name, the first that speaks its language. Loads it when it is new.</summary>
    /// <exception cref="EngineException">There is no such voice or speaker, or its model cannot be loaded.</exception>
    public (PiperVoice Voice, int Speaker) Find(string? id, string? language)
    {
        if (id is null)
        {
            var chosen = voices.FirstOrDefault(v => Speaks(v.Config, language), voices[0]);
            return (chosen.Voice.Value, chosen.Config.DefaultSpeaker);
        }
        var parts = id.Split('#', 2);
        var (name, config, voice) = voices.FirstOrDefault(v => v.Name == parts[0]);
        if (name is null)
            throw new EngineException($"There is no Piper voice '{id}': choose one of {string.Join(", ", voices.Select(v => v.Name))}.");
        if (parts.Length == 1)
            return (voice.Value, config.DefaultSpeaker);
        if (config.SpeakerIds.TryGetValue(parts[1], out var speaker)
            || (int.TryParse(parts[1], out speaker) && speaker >= 0 && speaker < config.Speakers))
            return (voice.Value, speaker);
        throw new EngineException($"The Piper voice {name} has no speaker '{parts[1]}': it has {config.Speakers}, by number or name.");
    }

    public void Dispose()
    {
        foreach (var (_, _, voice) in voices)
        {
            if (voice.IsValueCreated)
                voice.Value.Dispose();
        }
    }

    private static bool Speaks(PiperVoiceConfig config, string? language) =>
        language is null || (config.Language.Length > 0 && Primary(config.Language).Equals(Primary(language), StringComparison.OrdinalIgnoreCase));

    private static string Primary(string tag) => tag.Split('-', '_')[0];

    private static IEnumerable<string> ModelsIn(string folder)
    {
        try
        {
            return [.. Directory.GetFiles(folder, "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The folder of Piper voices {folder} cannot be read: {e.Message} Set piper's folder, or fetch a voice with `phoneagent models pull`.", e);
        }
    }
}
