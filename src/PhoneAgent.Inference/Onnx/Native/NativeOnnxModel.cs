using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Native;

internal sealed unsafe class NativeOnnxModel : IOnnxModel
{
    private const int AllOptimizations = 99;
    private const int ErrorsOnly = 3;
    private const int MaxRank = 16;

    private readonly OrtApi api;
    private void* session;

    public NativeOnnxModel(OrtApi api, void* environment, string path, int threads)
    {
        this.api = api;
        Path = path;
        try
        {
            Open(environment, threads);
            void* allocator;
            api.Check(api.GetAllocatorWithDefaultOptions(&allocator), path);
            nuint inputs, outputs;
            api.Check(api.SessionGetInputCount(session, &inputs), path);
            api.Check(api.SessionGetOutputCount(session, &outputs), path);
            Inputs = DescribeAll(inputs, input: true, allocator);
            Outputs = DescribeAll(outputs, input: false, allocator);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    public IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    public IOnnxBinding Bind(params ReadOnlySpan<OnnxShape> shapes)
    {
        ObjectDisposedException.ThrowIf(session is null, this);
        return new NativeOnnxBinding(api, session, Path, new OnnxTensorSet(this, shapes));
    }

    public float[] Run(string output, IReadOnlyList<OnnxInput> inputs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(session is null, this);
        cancellationToken.ThrowIfCancellationRequested();
        OnnxInput.CheckOutput(this, output);
        using var run = new NativeOnnxRun(api, Path, OnnxInput.CreateAll(this, inputs));
        return run.Run(session, output, cancellationToken);
    }

    public void Dispose()
    {
        if (session is null)
            return;
        api.ReleaseSession(session);
        session = null;
    }

    private void Open(void* environment, int threads)
    {
        void* options;
        api.Check(api.CreateSessionOptions(&options), Path);
        var nativePath = OperatingSystem.IsWindows() ? Marshal.StringToCoTaskMemUni(Path) : Marshal.StringToCoTaskMemUTF8(Path);
        try
        {
            api.Check(api.SetSessionLogSeverityLevel(options, ErrorsOnly), Path);
            api.Check(api.SetSessionGraphOptimizationLevel(options, AllOptimizations), Path);
            api.Check(api.SetIntraOpNumThreads(options, threads), Path);
            api.Check(api.SetInterOpNumThreads(options, 1), Path);
            fixed (void** result = &session)
                api.Check(api.CreateSession(environment, (void*)nativePath, options, result), $"{Path} is no model that can be run");
        }
        finally
        {
            Marshal.FreeCoTaskMem(nativePath);
            api.ReleaseSessionOptions(options);
        }
    }

    private OnnxTensorInfo[] DescribeAll(nuint count, bool input, void* allocator)
    {
        var infos = new OnnxTensorInfo[count];
        for (nuint i = 0; i < count; i++)
            infos[i] = Describe(i, input, allocator);
        return infos;
    }

    private OnnxTensorInfo Describe(nuint index, bool input, void* allocator)
    {
        byte* name;
        api.Check(input ? api.SessionGetInputName(session, index, allocator, &name) : api.SessionGetOutputName(session, index, allocator, &name), Path);
        var text = Marshal.PtrToStringUTF8((IntPtr)name) ?? "";
        api.Check(api.AllocatorFree(allocator, name), Path);

        void* type;
        api.Check(input ? api.SessionGetInputTypeInfo(session, index, &type) : api.SessionGetOutputTypeInfo(session, index, &type), Path);
        try
        {
            return DescribeTensor(text, type);
        }
        finally
        {
            api.ReleaseTypeInfo(type);
        }
    }

    private OnnxTensorInfo DescribeTensor(string name, void* type)
    {
        void* tensor; // belongs to type
        api.Check(api.CastTypeInfoToTensorInfo(type, &tensor), Path);
        if (tensor is null)
            return new OnnxTensorInfo(name, OnnxElementType.Other, []); // a sequence or a map
        int element;
        api.Check(api.GetTensorElementType(tensor, &element), Path);
        nuint rank;
        api.Check(api.GetDimensionsCount(tensor, &rank), Path);
        if (rank > MaxRank)
            throw new EngineException($"{Path}: the tensor {name} has {rank} dimensions; at most {MaxRank} are supported.");
        var dimensions = new long[rank];
        fixed (long* first = dimensions)
            api.Check(api.GetDimensions(tensor, first, rank), Path);
        return new OnnxTensorInfo(name, OrtElement.FromOrt(element), dimensions);
    }
}
