using System.Text;
using PhoneAgent.Conversation;
using PhoneAgent.Fuzz;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Piper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Piper;

public class PiperVoiceConfigTests
{
    private const string Good =
        """
        {"audio": {"sample_rate": 22050}, "espeak": {"voice": "en-us"}, "inference": {"noise_scale": 0.5, "length_scale": 1.2, "noise_w": 0.7},
         "phoneme_id_map": {"_": [0], "^": [1], "$": [2], " ": [3], "a": [14], "ɪ": [74], "m": [25], "ˈ": [120], "aɪ": [161], "c": [16], "̧": [140]},
         "num_speakers": 2, "speaker_id_map": {"anna": 0, "bert": 1}, "language": {"code": "en_US"}}
        """;

    [Fact]
    public void Says_all_that_the_voice_needs()
    {
        PiperVoiceConfig config = Parse(Good);
        Assert.Equal((22_050, "en-us", "en-US", 0.5f, 1.2f, 0.7f, 2), (config.SampleRate, config.EspeakVoice, config.Language, config.NoiseScale, config.LengthScale, config.NoiseW, config.Speakers));
        Assert.Equal(1, config.SpeakerIds["bert"]);
    }

    [Fact]
    public void Pads_stand_between_all_ids_and_what_is_unknown_is_left_out()
    {
        PiperPhonemeIds ids = Parse(Good).Phonemes;
        Assert.Equal([1, 0, 25, 0, 120, 0, 14, 0, 74, 0, 2], ids.ToIds("mˈaɪ", out int missing));
        Assert.Equal(0, missing);
        Assert.Equal([1, 0, 16, 0, 140, 0, 2], ids.ToIds("ç", out _));
        Assert.Equal([1, 0, 25, 0, 2], ids.ToIds("ʘm😀", out missing));
        Assert.Equal(2, missing);
        Assert.Equal([1, 0, 2], ids.ToIds("", out _));
    }

    [Fact]
    public void Clusters_of_vowels_are_one_phoneme_where_the_voice_says_so() =>
        Assert.Equal([1, 0, 25, 0, 120, 0, 161, 0, 2], Parse(Good.Replace("\"num_speakers\"", "\"vowel_clusters\": [[\"a\", \"ɪ\"]], \"num_speakers\"", StringComparison.Ordinal)).Phonemes.ToIds("mˈaɪ", out _));

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[]", "the file must be an object")]
    [InlineData("{}", "audio.sample_rate is missing")]
    [InlineData("""{"audio": 5}""", "audio must be an object")]
    [InlineData("""{"audio": {"sample_rate": 5}}""", "audio.sample_rate must be a whole number from 8000 to 48000")]
    [InlineData("""{"audio": {"sample_rate": 22050}}""", "espeak.voice is missing")]
    [InlineData("""{"audio": {"sample_rate": 22050}, "espeak": {"voice": "de"}}""", "phoneme_id_map is missing")]
    [InlineData("""{"audio": {"sample_rate": 22050}, "espeak": {"voice": "de"}, "phoneme_id_map": {"_": [0], "^": [1]}}""", "phoneme_id_map.$ is missing")]
    [InlineData("""{"audio": {"sample_rate": 22050}, "espeak": {"voice": "de"}, "phoneme_id_map": {"_": 0}}""", "phoneme_id_map._ must be a list")]
    [InlineData("""{"audio": {"sample_rate": 22050}, "espeak": {"voice": "de"}, "inference": {"noise_w": "x"}, "phoneme_id_map": {"_": [0], "^": [1], "$": [2]}}""", "inference.noise_w must be a number")]
    [InlineData("""{"phoneme_type": "pinyin"}""", "phoneme_type 'pinyin' is not supported")]
    public void What_is_wrong_is_said_with_its_place(string json, string problem)
    {
        EngineException error = Assert.Throws<EngineException>(() => Parse(json));
        Assert.StartsWith("voice.onnx.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_file_holds_it_is_a_voice_or_an_engine_exception()
    {
        var mutator = new Mutator([Encoding.UTF8.GetBytes(Good), "{\"phoneme_type\": \"\\ud800\"}"u8.ToArray()], seed: 7);
        for (int i = 0; i < 5_000; i++)
        {
            try
            {
                PiperVoiceConfig.Parse(mutator.Next(), "voice.onnx.json").Phonemes.ToIds("mˈaɪ", out _);
            }
            catch (EngineException)
            {
                // Said.
            }
        }
    }

    [Fact]
    public void A_folder_says_what_is_missing_in_it()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}");
        AssertFails(folder, null, "cannot be read");
        Directory.CreateDirectory(folder);
        try
        {
            AssertFails(folder, null, "There is no Piper voice in");
            File.WriteAllText(Path.Combine(folder, "anna.onnx"), "");
            AssertFails(folder, null, "anna.onnx.json is missing");
            AssertFails(folder, "anna", "anna.onnx.json is missing");
            File.WriteAllText(Path.Combine(folder, "anna.onnx.json"), Good);
            AssertFails(folder, "bert", "has no Piper voice 'bert'; it has anna");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Yes, it is: Dr. Smith; really?", "Yes,|,;it is:|:;Dr. Smith;|;;really?|?")]
    [InlineData("It costs 1,000.50 at 9:30. Fine!", "It costs 1,000.50 at 9:30.|.;Fine!|!")]
    [InlineData("He said “well, no.” Then … - he left", "He said “well,|,;no.”|.;Then … - he left|")]
    [InlineData("はい、そうです。", "はい、|,;そうです。|.")]
    [InlineData("... !? 😀", "")]
    public void Clauses_and_their_marks(string text, string expected) =>
        Assert.Equal(expected, string.Join(';', PiperClause.Split(text).Select(clause => $"{clause.Text}|{clause.Mark}")));

    [Fact]
    public void Flags_of_other_languages_and_line_breaks_go() =>
        Assert.Equal(["aː", "biː"], PiperPhonemizer.Lines("(en)aː(de)\n\n biː\n"));

    private static void AssertFails(string folder, string? voice, string problem)
    {
        EngineException error = Assert.Throws<EngineException>(() => PiperVoices.Open(new PiperOptions { Folder = folder, Voice = voice }, new NoRuntime()));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
    }

    private static PiperVoiceConfig Parse(string json) => PiperVoiceConfig.Parse(Encoding.UTF8.GetBytes(json), "voice.onnx.json");

    /// <summary>Voices are listed without loading a model.</summary>
    private sealed class NoRuntime : IOnnxRuntime
    {
        public string Name => "none";

        public IOnnxModel Load(string path, int threads = 1) => throw new InvalidOperationException();

        public void Dispose()
        {
        }
    }
}
