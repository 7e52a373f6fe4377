using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
#if WITH_SIPSORCERY
using PhoneAgent.Telephony.SipSorcery;
#endif

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Makes the user agent that the options ask for.</summary>
public static class UserAgents
{
    public const string Automatic = "auto";
    public const string SipSorcery = "sipsorcery";
    public const string BuiltIn = "builtin";

    /// <summary>Whether this program was built with the package SIPSorcery.</summary>
#if WITH_SIPSORCERY
    public static bool HasSipSorcery => true;
#else
    public static bool HasSipSorcery => false;
#endif

    /// <summary>What <see cref="SipOptions.Stack"/> means in this program.</summary>
    public static bool UsesSipSorcery(SipOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Stack == SipSorcery || (options.Stack == Automatic && HasSipSorcery);
    }

    /// <param name="options">Valid ones: see <see cref="SipOptions.Validate"/>.</param>
    /// <exception cref="PhoneLineException">A certificate cannot be read.</exception>
    public static ISipUserAgent Create(SipOptions options, ICallMediaFactory media, ICallGate gate, TimeProvider time, ILoggerFactory loggers)
    {
#if WITH_SIPSORCERY
        if (UsesSipSorcery(options))
            return new SorceryUserAgent(options, media, gate, time, loggers.CreateLogger<SorceryUserAgent>());
#endif
        return new SipUserAgent(options, media, gate, time, loggers.CreateLogger<SipUserAgent>());
    }
}
