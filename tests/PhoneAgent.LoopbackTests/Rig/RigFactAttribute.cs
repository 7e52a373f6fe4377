using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing;
using Xunit;

// Calls in real time wait more than they compute, but each begins with a program that starts.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>A test that needs the softphone rig; skipped with the reason where a part of it is missing.</summary>
public sealed class RigFactAttribute : FactAttribute
{
    public RigFactAttribute() => Skip = Rig.Missing;
}

/// <summary>A test of the rig that compares both user agents.</summary>
public sealed class BothUserAgentsTheoryAttribute : TheoryAttribute
{
    public BothUserAgentsTheoryAttribute() => Skip = Rig.Missing
        ?? (UserAgents.HasSipSorcery ? null : "built without SIPSorcery: there is nothing to compare our own user agent with");
}

/// <inheritdoc cref="RigFactAttribute"/>
public sealed class RigTheoryAttribute : TheoryAttribute
{
    public RigTheoryAttribute() => Skip = Rig.Missing;
}

/// <summary>Calls whose gaps are measured: one at a time, and no other test beside them. What a call is only listened to for runs among the others.</summary>
[CollectionDefinition("rig", DisableParallelization = true)]
public sealed class RigCollection;

internal static class Rig
{
    public static string? Missing { get; } =
        Requirements.Shared("rig/softphone.py") ?? Requirements.Command("python3") ?? Requirements.Command("baresip")
        ?? Requirements.Command("sox") ?? Requirements.Command("tcpdump")
        ?? Requirements.Library("libflite.so.1") ?? Requirements.Library("libpocketsphinx.so.3")
        ?? (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? null : "capturing needs root: run the tests as root to include real softphones");
}
