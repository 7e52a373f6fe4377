using System.Globalization;

namespace PhoneAgent.Telephony.Codecs.Opus;

/// <summary>a=fmtp of opus (RFC 7587 §6.1). Each side says what it wants to receive; unknown and wrong values count as unsaid.</summary>
public sealed record OpusParameters
{
    private const int MaxParameters = 32;

    public bool UseInbandFec { get; init; }

    public bool UseDtx { get; init; }

    /// <summary>cbr=1.</summary>
    public bool ConstantBitRate { get; init; }

    /// <summary>Hz, 8000–48000.</summary>
    public int MaxPlaybackRate { get; init; } = 48000;

    /// <summary>Bits per second, 6000–510000.</summary>
    public int MaxAverageBitRate { get; init; } = 510_000;

    public static OpusParameters Parse(string? fmtp)
    {
        var parsed = new OpusParameters();
        var left = MaxParameters;
        foreach (var range in fmtp.AsSpan().Split(';'))
        {
            if (left-- == 0)
                break;
            var parameter = fmtp.AsSpan()[range];
            var equals = parameter.IndexOf('=');
            if (equals < 0 || !int.TryParse(parameter[(equals + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                continue;
            parsed = parsed.With(parameter[..equals].Trim(), value);
        }
        return parsed;
    }

    /// <summary>As our own description says it: mono in both directions.</summary>
    public static string Describe(OpusOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"maxplaybackrate={options.SampleRate};sprop-maxcapturerate={options.SampleRate};stereo=0;sprop-stereo=0;useinbandfec={(options.Fec ? 1 : 0)};usedtx={(options.Dtx ? 1 : 0)}");

    private OpusParameters With(ReadOnlySpan<char> name, int value)
    {
        if (Is(name, "useinbandfec"))
            return this with { UseInbandFec = value == 1 };
        if (Is(name, "usedtx"))
            return this with { UseDtx = value == 1 };
        if (Is(name, "cbr"))
            return this with { ConstantBitRate = value == 1 };
        if (Is(name, "maxplaybackrate") && value is >= 8000 and <= 48000)
            return this with { MaxPlaybackRate = value };
        if (Is(name, "maxaveragebitrate") && value is >= 6000 and <= 510_000)
            return this with { MaxAverageBitRate = value };
        return this;
    }

    private static bool Is(ReadOnlySpan<char> name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
