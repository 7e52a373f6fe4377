namespace PhoneAgent.Inference.PocketSphinx;

public sealed record PocketSphinxOptions
{
    /// <summary>Folder of the Debian package pocketsphinx-en-us, or another of the same layout.</summary>
    public string ModelFolder { get; init; } = "/usr/share/pocketsphinx/model/en-us";

    /// <summary>Utterances decoded at the same time; each one more costs two decoders, about 12 MB in all. Further ones fail with a message that says so.</summary>
    public int MaxDecoders { get; init; } = 32;

    /// <summary>Decoders made at start, so that the first calls need not wait for one (15 ms of CPU each).</summary>
    public int WarmDecoders { get; init; } = 2;

    /// <summary>Compiled grammars kept in each decoder.</summary>
    public int GrammarsPerDecoder { get; init; } = 32;

    /// <summary>Speech beyond this is not heard; keeps memory and the time of a final result bounded.</summary>
    public TimeSpan MaxUtterance { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Words less probable than this are refused; between here and a dialogue's own bound they should be confirmed by
    /// voice. Cross-validation over the training voices puts 5 % of their right answers below it; README.md of this folder has what
    /// it costs on others.
    /// </summary>
    public double RejectBelow { get; init; } = 0.42;

    /// <summary>What interims say of themselves: they are not yet compared with anything.</summary>
    public double InterimConfidence { get; init; } = 0.5;
}
