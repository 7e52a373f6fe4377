using System.Text.Json;
using PhoneAgent.ModelTests.Onnx;

namespace PhoneAgent.ModelTests.Piper;

/// <summary>
/// A voice with the signature of Piper's: as long as its phonemes times the length scale, a tone whose pitch is the mean of
/// the phoneme ids, higher for each further speaker. So all that goes into the model is heard.
/// </summary>
internal static class TestVoice
{
    public const int SampleRate = 22_050;
    public const int SamplesPerId = 700;

    /// <summary>The ids of Piper's phonemes are their places here.</summary>
    private const string Phonemes =
        "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœǀǁǂǃɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲˈˌːˑ˞βθχᵻⱱ0123456789\u0327\u0303\u032A\u032F\u0329";

    public static void Write(string folder, string name, string espeakVoice, string language, int speakers = 1)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name + ".onnx"), Model(speakers > 1));
        File.WriteAllText(Path.Combine(folder, name + ".onnx.json"), Description(espeakVoice, language, speakers));
    }

    public static string Description(string espeakVoice, string language, int speakers) => JsonSerializer.Serialize(new
    {
        audio = new { sample_rate = SampleRate, quality = "medium" },
        espeak = new { voice = espeakVoice },
        inference = new { noise_scale = 0.667, length_scale = 1, noise_w = 0.8 },
        phoneme_type = "espeak",
        phoneme_map = new { },
        phoneme_id_map = Phonemes.Select((c, i) => (c, i)).ToDictionary(pair => pair.c.ToString(), pair => new[] { pair.i }),
        num_symbols = 256,
        num_speakers = speakers,
        speaker_id_map = Enumerable.Range(0, speakers > 1 ? speakers : 0).ToDictionary(i => $"s{i}", i => i),
        language = new { code = language },
    });

    private static byte[] Model(bool takesSpeaker)
    {
        var onnx = new OnnxWriter()
            .Input("input", OnnxWriter.I64, -1, -1).Input("input_lengths", OnnxWriter.I64, -1).Input("scales", OnnxWriter.F32, 3)
            .Constant("one", [1], 1).Constant("zero_i", [0]).Constant("one_i", [1]).Constant("shape", [1, 1, 1, -1], 4)
            .Constant("per_id", SamplesPerId, 1).Constant("per_mean", 0.001f).Constant("base", 0.05f).Constant("per_speaker", 0.05f, 1).Constant("level", 0.3f)
            .Node("Cast", ["input_lengths"], "ids_count", ("to", OnnxWriter.F32))
            .Node("Gather", ["scales", "one"], "length_scale", ("axis", 0))
            .Node("Mul", ["ids_count", "length_scale"], "scaled")
            .Node("Mul", ["scaled", "per_id"], "samples_f")
            .Node("Cast", ["samples_f"], "samples_1", ("to", OnnxWriter.I64))
            .Node("Squeeze", ["samples_1"], "samples")
            .Node("Range", ["zero_i", "samples", "one_i"], "places")
            .Node("Cast", ["places"], "time", ("to", OnnxWriter.F32))
            .Node("Cast", ["input"], "ids", ("to", OnnxWriter.F32))
            .Node("ReduceMean", ["ids"], "mean", ("keepdims", 0))
            .Node("Mul", ["mean", "per_mean"], "raised")
            .Node("Add", ["raised", "base"], takesSpeaker ? "pitch_of_all" : "pitch");
        if (takesSpeaker)
        {
            onnx.Input("sid", OnnxWriter.I64, -1)
                .Node("Cast", ["sid"], "speaker", ("to", OnnxWriter.F32))
                .Node("Mul", ["speaker", "per_speaker"], "own")
                .Node("Add", ["pitch_of_all", "own"], "pitch");
        }
        return onnx
            .Node("Mul", ["time", "pitch"], "phase").Node("Sin", ["phase"], "sine").Node("Mul", ["sine", "level"], "sound")
            .Node("Reshape", ["sound", "shape"], "output")
            .Output("output", OnnxWriter.F32, -1, -1, -1, -1)
            .ToModel();
    }
}
