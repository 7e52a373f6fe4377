using System.Text;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Emotion;
using Xunit;

namespace PhoneAgent.Tests.Inference.Emotion;

public class EmotionDescriptionTests
{
    private const string Good = """
        {"name": "n", "version": "2", "labels": ["ang", "calm", "dis"], "label_map": {"ang": "frustrated", "dis": "frustrated"},
         "input": {"kind": "log-mel", "sample_rate": 16000, "bands": 64, "frame_hop_ms": 10, "channels": ["log_mel", "pitch_hz"], "min_frames": 40, "max_frames": 400},
         "temperature": 1.0, "thresholds": {"frustrated": 0.6}, "unknown_below": 0.5, "licence": "ours"}
        """;

    [Fact]
    public void Reads_what_is_there()
    {
        EmotionDescription description = Parse(Good);
        Assert.Equal("n 2", description.Name);
        Assert.Equal(["frustrated", "calm", "frustrated"], description.Labels);
        Assert.Equal(65, description.ValuesPerFrame);
        Assert.Equal((40, 400), (description.LeastFrames, description.MostFrames));
    }

    [Theory]
    [InlineData("\"kind\": \"log-mel\"", "\"kind\": \"mfcc\"", "input.kind must be log-mel or waveform")]
    [InlineData("\"sample_rate\": 16000", "\"sample_rate\": 8000", "input.sample_rate must be 16000")]
    [InlineData("\"bands\": 64", "\"bands\": 80", "input.bands must be 64")]
    [InlineData("\"frame_hop_ms\": 10", "\"frame_hop_ms\": 20", "input.frame_hop_ms must be 10")]
    [InlineData("\"pitch_hz\"", "\"mood\"", "input.channels names 'mood'")]
    [InlineData("\"min_frames\": 40", "\"min_frames\": 0", "input.min_frames must be a whole number")]
    [InlineData("\"max_frames\": 400", "\"max_frames\": 4000000", "input.max_frames must be a whole number")]
    [InlineData("\"dis\": \"frustrated\"", "\"x\": \"frustrated\"", "label_map names 'x'")]
    [InlineData("\"dis\": \"frustrated\"", "\"dis\": \"cross\"", "labels holds 'cross'")]
    [InlineData("{\"frustrated\": 0.6}", "{\"anger\": 0.6}", "thresholds names 'anger'")]
    [InlineData("\"temperature\": 1.0", "\"temperature\": 0", "temperature must be 0.01 or more")]
    [InlineData("\"temperature\": 1.0", "\"temperature\": \"hot\"", "temperature must be a number")]
    [InlineData("\"name\": \"n\"", "\"name\": null", "name is missing")]
    [InlineData("\"licence\": \"ours\"}", "", "is no JSON")]
    public void Names_the_file_and_the_key_that_is_wrong(string right, string wrong, string problem)
    {
        Assert.Contains(right, Good, StringComparison.Ordinal);
        string message = Assert.Throws<EngineException>(() => Parse(Good.Replace(right, wrong, StringComparison.Ordinal))).Message;
        Assert.StartsWith("a.json", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_of_the_same_meaning_are_added_up()
    {
        // Two of three equal classes are anger, and its threshold is 0.6.
        EmotionReading reading = EmotionScores.Read([1, 1, 1], Parse(Good));
        Assert.Equal("frustrated", reading.Label);
        Assert.Equal(2 / 3.0, reading.Confidence, 1e-6);
        Assert.Equal(1 / 3.0, reading.Probabilities["calm"], 1e-6);
    }

    [Theory]
    [InlineData(0, 0.3f, 0, "unknown")] // frustrated a little below 0.6, calm 0.40
    [InlineData(0, 0.7f, 0, "calm")]
    [InlineData(9, 0, 0, "frustrated")]
    [InlineData(float.NaN, 0, 0, "unknown")]
    [InlineData(0, float.PositiveInfinity, 0, "unknown")]
    [InlineData(1e30f, -1e30f, 0, "frustrated")]
    public void What_is_not_likely_enough_is_not_said(float first, float second, float third, string label)
    {
        EmotionReading reading = EmotionScores.Read([first, second, third], Parse(Good));
        Assert.Equal(label, reading.Label);
        Assert.Equal(label == "unknown", reading.Probabilities.Count == 0);
    }

    private static EmotionDescription Parse(string json) => EmotionDescription.Parse(Encoding.UTF8.GetBytes(json), "a.json");
}
