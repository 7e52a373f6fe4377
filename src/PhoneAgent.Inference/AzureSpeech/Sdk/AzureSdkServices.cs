using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.AzureSpeech.Sdk;

public static class AzureSdkServices
{
    /// <summary>Azure Speech, both ways, through the package Microsoft.CognitiveServices.Speech.</summary>
    public static IServiceCollection AddAzureSpeech(this IServiceCollection services, AzureSpeechOptions options)
    {
        services.AddSingleton(s => AzureSpeechServices.CreateRecognizer(options, s.GetService<ILoggerFactory>()));
        services.AddSingleton(_ => AzureSpeechServices.CreateSynthesizer(options));
        return services;
    }
}
