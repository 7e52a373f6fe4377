using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Telephony.Rtp;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Registration of calls over sockets.</summary>
internal static class BrowserVoiceServices
{
    /// <summary>A second line, for calls over sockets. Before the telephone's, which is the one that calls are placed on.</summary>
    public static IServiceCollection AddBrowserVoice(this IServiceCollection services, BrowserVoiceOptions options)
    {
        if (!options.Enabled)
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(WakeWords.None("no wake word model is configured"));
        return services
            .AddSingleton(options)
            .AddSingleton(s => new OneTimeTokens<TalkGrant>(s.GetRequiredService<TimeProvider>(), options.TokenLifetime, options.MaxSockets))
            .AddSingleton(s => new BrowserLine(options, s.GetRequiredService<MediaClock>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<BrowserLine>>()))
            .AddSingleton<IPhoneLine>(s => s.GetRequiredService<BrowserLine>())
            .AddSingleton<ICallWatcher>(s => s.GetRequiredService<BrowserLine>())
            .AddSingleton<SocketDoor>();
    }
}
