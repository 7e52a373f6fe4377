namespace PhoneAgent.BrowserTests;

/// <summary>Scripts that put the loudest of what a page plays, as RMS of 0 to 1, into the global <c>loudest</c>.</summary>
internal static class Loudness
{
    /// <summary>The loudest of what the page plays from now on.</summary>
    public const string OfTalkPage = """
        async () => {
          const { client } = await import('/assets/talk/talk.js');
          const analyser = client.output.context.createAnalyser();
          client.output.connect(analyser);
          const wave = new Float32Array(analyser.fftSize);
          globalThis.loudest = 0;
          setInterval(() => {
            analyser.getFloatTimeDomainData(wave);
            loudest = Math.max(loudest, Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length));
          }, 20);
        }
        """;

    /// <summary>The same for a page that keeps its sound to itself: of what goes to the loudspeaker.</summary>
    public const string OfLoudspeaker = """
        () => {
          const connect = AudioNode.prototype.connect;
          globalThis.loudest = 0;
          AudioNode.prototype.connect = function (to, ...rest) {
            if (to === this.context.destination) {
              const analyser = this.context.createAnalyser();
              connect.call(this, analyser);
              const wave = new Float32Array(analyser.fftSize);
              setInterval(() => {
                analyser.getFloatTimeDomainData(wave);
                loudest = Math.max(loudest, Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length));
              }, 20);
            }
            return connect.call(this, to, ...rest);
          };
        }
        """;

    public const string Reset = "() => { loudest = 0; }";

    public const string IsHeard = "() => loudest > 0.01";
}
