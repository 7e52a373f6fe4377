using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx;

/// <summary>
/// Loads ONNX models. One runtime serves the whole process; thread-safe. Dispose it after its models.
/// </summary>
public interface IOnnxRuntime : IDisposable
{
    /// <summary>Which implementation and version, for people.</summary>
    string Name { get; }

    /// <param name="threads">Threads that compute one run. Small models, as of a call's 20 ms, are quickest with one.</param>
    /// <exception cref="EngineException">The file is missing or is no model that this runtime can run.</exception>
    IOnnxModel Load(string path, int threads = 1);
}

/// <summary>A loaded model. Thread-safe: each thread runs its own binding.</summary>
public interface IOnnxModel : IDisposable
{
    string Path { get; }

    IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    /// <summary>
    /// Allocates the tensors of a run once. All of the model's inputs and outputs must be given with the exact shape that
    /// they will have. The binding must be disposed before the model.
    /// </summary>
    /// <exception cref="EngineException">A tensor is unknown, missing, or its shape or type does not fit the model.</exception>
    IOnnxBinding Bind(params ReadOnlySpan<OnnxShape> shapes);

    /// <summary>
    /// One run of a model whose output has a size that only the run tells, such as speech. Allocates its tensors: not for
    /// what is done each frame. Cancelling stops it within a node of the graph.
    /// </summary>
    /// <param name="output">The one output that is wanted, of floats.</param>
    /// <returns>Its values, row-major.</returns>
    /// <exception cref="EngineException">An input is unknown, missing or does not fit, or the run failed.</exception>
    float[] Run(string output, IReadOnlyList<OnnxInput> inputs, CancellationToken cancellationToken);
}

/// <summary>Tensors of fixed shape that belong to one model. Used by one thread at a time.</summary>
public interface IOnnxBinding : IDisposable
{
    /// <summary>The values of a tensor: inputs to be written, outputs to be read after <see cref="Run"/>.</summary>
    /// <exception cref="EngineException">The model has no such tensor, or it is of another type.</exception>
    OnnxTensor<T> Tensor<T>(string name) where T : unmanaged;

    /// <summary>Computes all outputs from all inputs. Does not allocate.</summary>
    /// <exception cref="EngineException">The model does not accept the tensors, or its outputs have another shape.</exception>
    void Run();
}

/// <param name="Dimensions">Empty for a scalar.</param>
public readonly record struct OnnxShape(string Name, params long[] Dimensions)
{
    public override string ToString() => $"{Name}[{string.Join('×', Dimensions)}]";
}

public enum OnnxElementType
{
    Other,
    F32,
    I32,
    I64,
}

/// <param name="Dimensions">−1 where the model leaves the size open.</param>
public sealed record OnnxTensorInfo(string Name, OnnxElementType Type, IReadOnlyList<long> Dimensions)
{
    public override string ToString() => $"{Name}: {Type}[{string.Join('×', Dimensions.Select(d => d < 0 ? "?" : $"{d}"))}]";
}
