using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Native;

/// <summary>One run whose output the runtime allocates. Everything native is freed on every way out.</summary>
internal sealed unsafe class NativeOnnxRun : IDisposable
{
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    /// <summary>Ten minutes of speech at 48 kHz: a model that gives more has run wild.</summary>
    private const nuint MaxElements = 600 * 48_000;

    private readonly OrtApi api;
    private readonly string path;
    private readonly OnnxTensor[] tensors;
    private readonly byte** names;
    private readonly void** values;
    private void* options;
    private void* result;

    public NativeOnnxRun(OrtApi api, string path, OnnxTensor[] tensors)
    {
        (this.api, this.path, this.tensors) = (api, path, tensors);
        names = (byte**)NativeMemory.AllocZeroed((nuint)tensors.Length + 1, (nuint)sizeof(byte*));
        values = (void**)NativeMemory.AllocZeroed((nuint)tensors.Length + 1, (nuint)sizeof(void*));
    }

    public float[] Run(void* session, string output, CancellationToken cancellationToken)
    {
        Fill();
        fixed (void** created = &options)
            api.Check(api.CreateRunOptions(created), path);
        names[tensors.Length] = (byte*)Marshal.StringToCoTaskMemUTF8(output);
        var running = (nint)options;
        void* status;
        using (cancellationToken.Register(() => Stop(running)))
        fixed (void** answer = &result)
            status = api.Run(session, options, names, values, (nuint)tensors.Length, names + tensors.Length, 1, answer);
        if (status is not null && cancellationToken.IsCancellationRequested)
        {
            api.ReleaseStatus(status);
            throw new OperationCanceledException(cancellationToken);
        }
        api.Check(status, $"A run of {path} failed");
        return Read();
    }

    public void Dispose()
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            api.ReleaseValue(values[i]);
            tensors[i].Dispose();
        }
        for (var i = 0; i <= tensors.Length; i++)
            Marshal.FreeCoTaskMem((IntPtr)names[i]);
        api.ReleaseValue(result);
        api.ReleaseRunOptions(options);
        NativeMemory.Free(names);
        NativeMemory.Free(values);
    }

    private void Fill()
    {
        void* memory;
        api.Check(api.CreateCpuMemoryInfo(ArenaAllocator, DefaultMemory, &memory), path);
        try
        {
            for (var i = 0; i < tensors.Length; i++)
            {
                var tensor = tensors[i];
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(tensor.Info.Name);
                fixed (long* dimensions = tensor.Shape.Dimensions)
                {
                    api.Check(
                        api.CreateTensorWithDataAsOrtValue(
                            memory, tensor.Pointer, tensor.ByteLength, dimensions, (nuint)tensor.Shape.Dimensions.Length,
                            OrtElement.ToOrt(tensor.Info.Type), &values[i]),
                        path);
                }
            }
        }
        finally
        {
            api.ReleaseMemoryInfo(memory);
        }
    }

    /// <summary>The type was checked when the model was; only the size is the run's.</summary>
    private float[] Read()
    {
        void* shape;
        api.Check(api.GetTensorTypeAndShape(result, &shape), path);
        nuint count;
        var counted = api.GetTensorShapeElementCount(shape, &count);
        api.ReleaseTensorTypeAndShapeInfo(shape);
        api.Check(counted, path);
        if (count > MaxElements)
            throw new EngineException($"A run of {path} gave {count} values; at most {MaxElements} are taken.");
        void* data;
        api.Check(api.GetTensorMutableData(result, &data), path);
        return new ReadOnlySpan<float>(data, (int)count).ToArray();
    }

    private void Stop(nint running)
    {
        // A failure here only means that the run goes on to its end.
        if (api.RunOptionsSetTerminate((void*)running) is var status && status is not null)
            api.ReleaseStatus(status);
    }
}
