using System.Text;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Espeak;

/// <summary>The languages that `espeak-ng --voices` lists.</summary>
internal static class EspeakVoices
{
    private const int MaxListBytes = 1 << 20;

    /// <summary>Rows of "Pty Language Age/Gender VoiceName File …"; MBROLA voices are left out, their data is rarely there.</summary>
    public static IReadOnlyList<VoiceInfo> Parse(string table)
    {
        var voices = new List<VoiceInfo>();
        foreach (var line in table.Split('\n').Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 5 || fields[4].StartsWith("mb/", StringComparison.Ordinal) || voices.Exists(v => v.Id == fields[1]))
                continue;
            voices.Add(new VoiceInfo(fields[1], fields[1], fields[3].Replace('_', ' ')));
        }
        return voices;
    }

    /// <exception cref="EngineException">The program is not installed or lists nothing.</exception>
    public static async Task<IReadOnlyList<VoiceInfo>> ListAsync(EspeakOptions options, CancellationToken cancellationToken)
    {
        var process = EspeakProcess.Start(options, "--voices");
        await using (process.ConfigureAwait(false))
        {
            var bytes = new byte[MaxListBytes];
            var length = await process.Output.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            await process.CheckExitAsync(cancellationToken).ConfigureAwait(false);
            var voices = Parse(Encoding.UTF8.GetString(bytes, 0, length));
            return voices.Count > 0 ? voices : throw new EngineException("espeak-ng lists no voices: run `apt-get install --reinstall espeak-ng-data`.");
        }
    }
}
