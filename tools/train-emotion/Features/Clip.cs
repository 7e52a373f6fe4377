namespace PhoneAgent.TrainEmotion;

/// <param name="Name">Corpus and file, such as emodb/03a01Fa.</param>
/// <param name="Speaker">Who speaks, as finely as the corpus says; folds go by it.</param>
/// <param name="Emotion">As the corpus calls it; <c>neutral</c> for read English.</param>
/// <param name="Use">What it may be used for.</param>
/// <param name="Samples">Mono, without the padding that the corpus has.</param>
internal sealed record Clip(string Name, string Speaker, string Emotion, ClipUse Use, int SampleRate, short[] Samples);

internal enum ClipUse
{
    /// <summary>Acted emotion, German.</summary>
    German,

    /// <summary>Read English, taken for neutral.</summary>
    English,

    /// <summary>Share-alike English: never trained on.</summary>
    EnglishTestOnly,
}
