using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Models;
using PhoneAgent.Inference.Whisper;

namespace PhoneAgent.Inference.WhisperNet;

public static class WhisperNetServices
{
    /// <summary>Whisper in this process, through the package Whisper.net, as an <see cref="ISpeechRecognizer"/>.</summary>
    public static IServiceCollection AddWhisperNet(this IServiceCollection services, WhisperOptions options)
    {
        services.AddSingleton(s => Create(options, s.GetRequiredService<ModelStore>(), s.GetService<ILoggerFactory>()));
        services.AddSingleton<ISpeechRecognizer>(s => s.GetRequiredService<WhisperRecognizer>());
        services.AddSingleton<IEngineProbe>(s => new WhisperProbe(options, s.GetRequiredService<ModelStore>()));
        return services;
    }

    /// <exception cref="EngineException">The model is missing or damaged, or the native library cannot be loaded.</exception>
    public static WhisperRecognizer Create(WhisperOptions options, ModelStore models, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new WhisperRecognizer(WhisperNetTranscriber.Load(WhisperServices.FindModel(options, models), options), options, loggers?.CreateLogger<WhisperRecognizer>());
    }
}
