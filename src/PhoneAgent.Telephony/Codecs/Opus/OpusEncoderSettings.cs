namespace PhoneAgent.Telephony.Codecs.Opus;

/// <summary>How one stream of speech is encoded: our options within what the peer asks for (RFC 7587 §7.1).</summary>
public sealed record OpusEncoderSettings
{
    /// <summary>Of the PCM: 8000 or 16000.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Bits per second, 6000–64000.</summary>
    public required int BitRate { get; init; }

    /// <summary>Each packet holds the one before it once more, coarsely.</summary>
    public required bool Fec { get; init; }

    /// <summary>Silence is not sent.</summary>
    public required bool Dtx { get; init; }

    /// <summary>Packets of one size.</summary>
    public required bool ConstantBitRate { get; init; }

    /// <summary>Per cent of packets that the encoder reckons will be lost, at least: what it spends on FEC.</summary>
    public required int ExpectedLoss { get; init; }

    /// <summary>0–10: CPU for quality.</summary>
    public required int Complexity { get; init; }

    /// <summary>Hz of sampling that the peer can play; above it nothing needs to be encoded.</summary>
    public required int PlaybackRate { get; init; }

    /// <summary>Per cent to reckon with when the peer reports such a loss, 0–1. The report is of the past and comes from outside: it only raises what is configured.</summary>
    public int LossWhenReported(double fraction) => (int)Math.Clamp(Math.Ceiling(fraction * 100), ExpectedLoss, Math.Max(ExpectedLoss, OpusOptions.MaxExpectedLoss));

    /// <summary>What the peer's a=fmtp makes of our options; what it does not say, or says wrongly, has the RFC's defaults.</summary>
    public static OpusEncoderSettings For(OpusOptions options, string? peerFmtp)
    {
        var peer = OpusParameters.Parse(peerFmtp);
        return new OpusEncoderSettings
        {
            SampleRate = options.SampleRate,
            BitRate = Math.Clamp(options.BitRate, OpusOptions.MinBitRate, Math.Max(OpusOptions.MinBitRate, peer.MaxAverageBitRate)),
            Fec = options.Fec && peer.UseInbandFec,
            Dtx = options.Dtx && peer.UseDtx,
            ConstantBitRate = peer.ConstantBitRate,
            ExpectedLoss = options.ExpectedLoss,
            Complexity = options.Complexity,
            PlaybackRate = peer.MaxPlaybackRate,
        };
    }
}
