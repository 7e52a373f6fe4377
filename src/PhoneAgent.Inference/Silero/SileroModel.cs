using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Silero;

/// <summary>Names and shapes of Silero VAD v5 at 8 kHz: 256 new samples behind 32 of context, a recurrent state of 2×1×128.</summary>
internal static class SileroModel
{
    public const int SampleRate = 8_000;
    public const int Window = 256;
    public const int Context = 32;
    public const int StateLayers = 2;
    public const int StateSize = 128;

    public static IOnnxModel Load(IOnnxRuntime runtime, string path)
    {
        var model = runtime.Load(path);
        string[] wanted = ["input", "state", "sr", "output", "stateN"];
        var present = model.Inputs.Concat(model.Outputs).Select(t => t.Name);
        if (wanted.SequenceEqual(present))
            return model;
        var found = string.Join(", ", present);
        model.Dispose();
        throw new EngineException(
            $"{path} is not Silero VAD version 5 or newer (its tensors are {found}): run `phoneagent models pull silero-vad`.");
    }

    public static SileroBinding Bind(IOnnxModel model, int batch) => new(
        model.Bind(
            new OnnxShape("input", batch, Context + Window),
            new OnnxShape("state", StateLayers, batch, StateSize),
            new OnnxShape("sr"),
            new OnnxShape("output", batch, 1),
            new OnnxShape("stateN", StateLayers, batch, StateSize)),
        batch);
}

/// <summary>One run over a batch of windows. Used by one thread at a time.</summary>
internal sealed class SileroBinding : IDisposable
{
    private const int RowLength = SileroModel.Context + SileroModel.Window;

    private readonly IOnnxBinding binding;
    private readonly OnnxTensor<float> input;
    private readonly OnnxTensor<float> state;
    private readonly OnnxTensor<float> output;
    private readonly OnnxTensor<float> nextState;

    public SileroBinding(IOnnxBinding binding, int batch)
    {
        this.binding = binding;
        Batch = batch;
        input = binding.Tensor<float>("input");
        state = binding.Tensor<float>("state");
        output = binding.Tensor<float>("output");
        nextState = binding.Tensor<float>("stateN");
        binding.Tensor<long>("sr").Values[0] = SileroModel.SampleRate;
    }

    public int Batch { get; }

    public void Load(int row, SileroMemory memory, ReadOnlySpan<float> window)
    {
        var samples = input.Values.Slice(row * RowLength, RowLength);
        memory.Context.CopyTo(samples);
        window.CopyTo(samples[SileroModel.Context..]);
        for (var layer = 0; layer < SileroModel.StateLayers; layer++)
            memory.State.AsSpan(layer * SileroModel.StateSize, SileroModel.StateSize).CopyTo(StateRow(state, layer, row));
    }

    public void Run() => binding.Run();

    /// <summary>Gives the window's probability and moves the memory on.</summary>
    public float Store(int row, SileroMemory memory)
    {
        input.Values.Slice(row * RowLength + SileroModel.Window, SileroModel.Context).CopyTo(memory.Context);
        for (var layer = 0; layer < SileroModel.StateLayers; layer++)
            StateRow(nextState, layer, row).CopyTo(memory.State.AsSpan(layer * SileroModel.StateSize));
        return Math.Clamp(output.Values[row], 0, 1);
    }

    public void Dispose() => binding.Dispose();

    private Span<float> StateRow(OnnxTensor<float> tensor, int layer, int row) =>
        tensor.Values.Slice((layer * Batch + row) * SileroModel.StateSize, SileroModel.StateSize);
}

/// <summary>What the model remembers of one call.</summary>
internal sealed class SileroMemory
{
    public float[] State { get; } = new float[SileroModel.StateLayers * SileroModel.StateSize];

    public float[] Context { get; } = new float[SileroModel.Context];

    public void Clear()
    {
        Array.Clear(State);
        Array.Clear(Context);
    }
}
