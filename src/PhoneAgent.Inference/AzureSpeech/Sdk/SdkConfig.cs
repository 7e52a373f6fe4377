using Microsoft.CognitiveServices.Speech;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.AzureSpeech.Sdk;

/// <summary>Where the service is, as the SDK wants it.</summary>
internal static class SdkConfig
{
    /// <exception cref="EngineException">The native library of the SDK cannot be loaded, or refuses the options.</exception>
    public static SpeechConfig Create(AzureSpeechOptions options)
    {
        try
        {
            return options switch
            {
                { Host: null } => SpeechConfig.FromSubscription(options.Key, options.Region),
                { Key.Length: 0 } => SpeechConfig.FromHost(new Uri(options.Host)),
                _ => SpeechConfig.FromHost(new Uri(options.Host), options.Key),
            };
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or BadImageFormatException or ApplicationException or ArgumentException)
        {
            throw new EngineException($"The Azure Speech SDK cannot be used for {options}: {e.Message} It needs glibc and OpenSSL on Linux.", e);
        }
    }
}
