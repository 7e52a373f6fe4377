using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PhoneAgent.Inference.Onnx;

public static class OnnxServices
{
    /// <summary>
    /// The ONNX runtime: the Microsoft.ML.OnnxRuntime package where it is compiled in, otherwise the native library through
    /// its C API. It is loaded when first asked for.
    /// </summary>
    public static IServiceCollection AddOnnx(this IServiceCollection services, OnnxOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(_ => CreateRuntime(options));
        services.AddSingleton<IEngineProbe, OnnxProbe>();
        return services;
    }

    /// <summary>The default runtime of this build.</summary>
    /// <exception cref="Conversation.EngineException">The native library is missing or unusable.</exception>
    public static IOnnxRuntime CreateRuntime(OnnxOptions options)
    {
#if WITH_ONNXRUNTIME
        return new Managed.ManagedOnnxRuntime();
#else
        return new Native.NativeOnnxRuntime(options);
#endif
    }
}
