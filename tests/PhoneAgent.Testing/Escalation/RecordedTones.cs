using System.Globalization;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Testing.Escalation;

/// <summary>
/// How acted recordings sound to a classifier that never heard their speaker: <c>tools/eval-escalation/readings.csv</c>. Immutable.
/// </summary>
public sealed class RecordedTones
{
    private const int FirstProbability = 4;

    private readonly ILookup<(string Speaker, string Acted), EmotionReading> _readings;

    /// <exception cref="InvalidDataException">The file is no such table.</exception>
    public RecordedTones(string path)
    {
        string[][] rows = [.. File.ReadLines(path).Select(line => line.Split(','))];
        string[] labels = rows is [["clip", "speaker", "acted", "label", .. var head], ..] ? head : throw new InvalidDataException($"{path}: the columns clip, speaker, acted, label are missing.");
        _readings = rows.Skip(1).ToLookup(row => (row[1], row[2]), row => Reading(row, labels));
    }

    /// <summary>A recording of this speaker in this mood, another one for each turn of a call.</summary>
    /// <param name="voice">angry, neutral, happy, anxious or sad, as a script has it.</param>
    public EmotionReading Of(string speaker, string voice, int turn)
    {
        EmotionReading[] all = [.. _readings[(speaker, voice == "angry" ? EmotionLabels.Frustrated : voice)]];
        return all.Length > 0 ? all[turn % all.Length] : throw new InvalidDataException($"{speaker} has no recording '{voice}'");
    }

    private static EmotionReading Reading(string[] row, string[] labels)
    {
        var probabilities = labels.Select((label, i) => (label, double.Parse(row[FirstProbability + i], CultureInfo.InvariantCulture))).ToDictionary();
        return row[3] == EmotionLabels.Unknown ? EmotionReading.Unknown("no tone is likely enough") : new EmotionReading(row[3], probabilities[row[3]], probabilities);
    }
}
