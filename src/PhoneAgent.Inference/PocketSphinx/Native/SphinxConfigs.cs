namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>The engine's options. The files of the model are named one by one, because -hmm would read feat.params, which overrides ours.</summary>
internal static class SphinxConfigs
{
    public static SphinxConfig Create(PocketSphinxOptions options)
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
            // The classifier's numbers hold for this search: narrower than usual, free phones without context.
            "-beam", "1e-40", "-allphone_ci", "yes",
        ];
        return SphinxConfig.Parse(arguments);
    }
}
