using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
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
        services.TryAddSingleton(s => WakeWords.Load(s.GetRequiredService<IOnnxRuntime>, options.WakeWordModel is { } model ? s.GetRequiredService<LoadedConfig>().PathOf(model) : null, options));
        return services
            .AddSingleton(options)
            .AddSingleton(s => new OneTimeTokens<TalkGrant>(s.GetRequiredService<TimeProvider>(), options.TokenLifetime, options.MaxSockets))
            .AddSingleton(s => new BrowserLine(options, s.GetRequiredService<MediaClock>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<BrowserLine>>()))
            .AddSingleton<IPhoneLine>(s => s.GetRequiredService<BrowserLine>())
            .AddSingleton<ICallWatcher>(s => s.GetRequiredService<BrowserLine>())
            .AddSingleton<SocketDoor>();
    }
}
