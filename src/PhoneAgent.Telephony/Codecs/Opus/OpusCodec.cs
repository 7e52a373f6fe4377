namespace PhoneAgent.Telephony.Codecs.Opus;

/// <summary>
/// Opus by RTP (RFC 7587): always opus/48000/2 with a clock of 48 kHz, whatever is inside. We send mono; a peer that sends
/// stereo is mixed down by the decoder. Samples come and go at the rate of <see cref="OpusOptions.SampleRate"/>, so nothing is resampled.
/// </summary>
public sealed class OpusCodec : IAudioCodec
{
    private readonly IOpusLibrary _library;
    private readonly OpusOptions _options;

    /// <exception cref="ArgumentException">The options are not valid; the message lists all problems.</exception>
    public OpusCodec(IOpusLibrary library, OpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        _library = library;
        _options = options ?? new OpusOptions();
        if (_options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        Fmtp = OpusParameters.Describe(_options);
    }

    public string Encoding => "opus";
    public int ClockRate => 48000;
    public int Channels => 2;
    public int SampleRate => _options.SampleRate;
    public int PayloadType => 111;
    public string Fmtp { get; }

    /// <summary>Who does the arithmetic.</summary>
    public IOpusLibrary Library => _library;

    /// <summary>Opus has frames of 10, 20, 40 and 60 ms.</summary>
    public int FitPacket(int ptimeMs) => ptimeMs switch { >= 60 => 60, >= 40 => 40, >= 20 => 20, _ => 10 };

    public int DurationOf(ReadOnlySpan<byte> payload) => OpusPacket.DurationOf(payload);

    public bool HoldsPrevious(ReadOnlySpan<byte> payload) => OpusPacket.HoldsPrevious(payload);

    public IAudioEncoder CreateEncoder(string? peerFmtp) => _library.CreateEncoder(OpusEncoderSettings.For(_options, peerFmtp));

    public IAudioDecoder CreateDecoder() => _library.CreateDecoder(_options.SampleRate);
}
