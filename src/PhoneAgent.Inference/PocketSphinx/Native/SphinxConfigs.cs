namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>The engine's options. The files of the model are named one by one, because -hmm would read feat.params, which overrides ours.</summary>
internal static class SphinxConfigs
{
    /// <summary>A narrower search than usual. Silence is as likely as speech has it: at the engine's 0.005 it pays to hear a short word where there is none.</summary>
    public static SphinxConfig ForGrammar(PocketSphinxOptions options) => Create(options, ["-beam", "1e-40", "-silprob", "0.1"]);

    /// <summary>Phones without context: they are a measure, not an answer.</summary>
    public static SphinxConfig ForPhoneLoop(PocketSphinxOptions options) => Create(options, ["-beam", "1e-40", "-allphone_ci", "yes"]);

    private static SphinxConfig Create(PocketSphinxOptions options, string[] search)
    {
        var hmm = Path.Combine(options.ModelFolder, "en-us");
        List<string> arguments =
        [
            "-mdef", Path.Combine(hmm, "mdef"), "-mean", Path.Combine(hmm, "means"), "-var", Path.Combine(hmm, "variances"),
            "-tmat", Path.Combine(hmm, "transition_matrices"), "-sendump", Path.Combine(hmm, "sendump"), "-fdict", Path.Combine(hmm, "noisedict"),
            "-samprate", "16000", "-lowerf", "130", "-upperf", "6800", "-nfilt", "25", "-transform", "dct", "-lifter", "22",
            "-feat", "1s_c_d_dd", "-svspec", "0-12/13-25/26-38", "-agc", "none", "-varnorm", "no", "-cmn", "none",
            // Silence is cut by the voice detector before us; a second one would lose words and shift times.
            "-remove_silence", "no", "-remove_noise", "no",
            // A full second pass costs 330-580 ms at the end of an utterance.
            "-fwdflat", "no", "-bestpath", "no",
            .. search,
        ];
        return SphinxConfig.Parse(arguments);
    }
}
