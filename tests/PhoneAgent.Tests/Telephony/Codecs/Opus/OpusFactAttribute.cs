using PhoneAgent.Telephony.Codecs.Opus;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Codecs.Opus;

/// <summary>A test that needs Opus, whoever speaks it.</summary>
public sealed class OpusFactAttribute : FactAttribute
{
    public OpusFactAttribute() => Skip = OpusReason.Text!;
}

/// <inheritdoc cref="OpusFactAttribute"/>
public sealed class OpusTheoryAttribute : TheoryAttribute
{
    public OpusTheoryAttribute() => Skip = OpusReason.Text!;
}

internal static class OpusReason
{
    public static string? Text => OpusLibraries.Present.Count > 0 ? null
        : "there is no Opus here: neither the package Concentus nor libopus (apt-get install libopus0)";
}
