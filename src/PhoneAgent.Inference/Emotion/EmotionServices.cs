using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PhoneAgent.Inference.Emotion;

public static class EmotionServices
{
    /// <summary>What an <see cref="EmotionClassifier"/> is made with, and what the doctor asks. Needs <see cref="Onnx.OnnxServices.AddOnnx"/>.</summary>
    /// <param name="isUsed">False: the doctor does not ask.</param>
    public static IServiceCollection AddEmotion(this IServiceCollection services, EmotionModelOptions options, bool isUsed)
    {
        services.TryAddSingleton(options);
        if (isUsed)
            services.AddSingleton<IEngineProbe, EmotionProbe>();
        return services;
    }
}
