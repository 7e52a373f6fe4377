using System.Runtime.InteropServices;

namespace PhoneAgent.Inference.Onnx.Native;

/// <summary>Names and values lie ready in native arrays, so a run is one call.</summary>
internal sealed unsafe class NativeOnnxBinding : IOnnxBinding
{
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    private readonly OrtApi api;
    private readonly void* session;
    private readonly string failed;
    private readonly OnnxTensorSet tensors;
    private readonly Side inputs;
    private readonly Side outputs;
    private bool disposed;

    public NativeOnnxBinding(OrtApi api, void* session, string path, OnnxTensorSet tensors)
    {
        this.api = api;
        this.session = session;
        this.tensors = tensors;
        failed = $"A run of {path} failed";
        inputs = new Side(tensors.Inputs.Length);
        outputs = new Side(tensors.Outputs.Length);
        try
        {
            void* memory;
            api.Check(api.CreateCpuMemoryInfo(ArenaAllocator, DefaultMemory, &memory), path);
            Fill(inputs, tensors.Inputs, memory, path);
            Fill(outputs, tensors.Outputs, memory, path);
            api.ReleaseMemoryInfo(memory);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public OnnxTensor<T> Tensor<T>(string name) where T : unmanaged => tensors.Find<T>(name);

    public void Run()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var status = api.Run(
            session, null, inputs.Names, inputs.Values, (nuint)inputs.Count, outputs.Names, (nuint)outputs.Count, outputs.Values);
        if (status is not null)
            api.Check(status, failed);
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        inputs.Free(api);
        outputs.Free(api);
        tensors.Dispose();
    }

    private void Fill(Side side, OnnxTensor[] from, void* memory, string path)
    {
        for (var i = 0; i < from.Length; i++)
        {
            var tensor = from[i];
            side.Names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(tensor.Info.Name);
            fixed (long* dimensions = tensor.Shape.Dimensions)
            {
                api.Check(
                    api.CreateTensorWithDataAsOrtValue(
                        memory, tensor.Pointer, tensor.ByteLength, dimensions, (nuint)tensor.Shape.Dimensions.Length,
                        OrtElement.ToOrt(tensor.Info.Type), &side.Values[i]),
                    path);
            }
        }
    }

    private sealed class Side(int count)
    {
        public int Count => count;
        public byte** Names { get; } = (byte**)NativeMemory.AllocZeroed((nuint)count + 1, (nuint)sizeof(byte*));
        public void** Values { get; } = (void**)NativeMemory.AllocZeroed((nuint)count + 1, (nuint)sizeof(void*));

        public void Free(OrtApi api)
        {
            for (var i = 0; i < count; i++)
            {
                api.ReleaseValue(Values[i]);
                Marshal.FreeCoTaskMem((IntPtr)Names[i]);
            }
            NativeMemory.Free(Names);
            NativeMemory.Free(Values);
        }
    }
}
