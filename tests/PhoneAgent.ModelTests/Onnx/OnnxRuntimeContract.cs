using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Onnx;

/// <summary>What every ONNX runtime promises, shown with Silero.</summary>
public abstract class OnnxRuntimeContract
{
    protected abstract IOnnxRuntime Create();

    [ContractFact]
    public void ListsTensorsWithTypesAndShapes() => With((_, model) =>
    {
        Assert.Equal(["input: F32[?×?]", "state: F32[2×?×128]", "sr: I64[]"], model.Inputs.Select(t => t.ToString()));
        Assert.Equal(["output", "stateN"], model.Outputs.Select(t => t.Name));
    });

    [ContractFact]
    public void RunsWithTheTensorsItWasGiven() => With((_, model) =>
    {
        using var binding = model.Bind(Shapes(batch: 2));
        binding.Tensor<long>("sr").Values[0] = 8_000;
        binding.Run();
        Assert.All(binding.Tensor<float>("output").Values.ToArray(), p => Assert.InRange(p, 0.00001f, 0.5f));
        Assert.Contains(binding.Tensor<float>("stateN").Values.ToArray(), v => v != 0);
    });

    [ContractFact]
    public void RunsDoNotAllocate() => With((_, model) =>
    {
        using var binding = model.Bind(Shapes(batch: 1));
        binding.Tensor<long>("sr").Values[0] = 8_000;
        for (var i = 0; i < 50; i++)
            binding.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            binding.Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    [ContractFact]
    public async Task BindingsOfOneModelRunInParallel()
    {
        using var runtime = Create();
        using var model = runtime.Load(ModelPath);
        var outputs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var binding = model.Bind(Shapes(batch: 1));
            binding.Tensor<long>("sr").Values[0] = 8_000;
            binding.Tensor<float>("input").Values.Fill(0.1f);
            for (var i = 0; i < 50; i++)
                binding.Run();
            return binding.Tensor<float>("output").Values[0];
        })));
        Assert.All(outputs, o => Assert.Equal(outputs[0], o));
    }

    [ContractFact]
    public void AShapeThatDoesNotFitIsNamed() => With((_, model) =>
    {
        var shapes = Shapes(batch: 1);
        shapes[1] = new OnnxShape("state", 2, 1, 64);
        Assert.Contains("state[2×1×64]", Assert.Throws<EngineException>(() => model.Bind(shapes)).Message, StringComparison.Ordinal);
    });

    [ContractFact]
    public void ATensorWithoutAShapeIsNamed() => With((_, model) =>
        Assert.Contains("stateN", Assert.Throws<EngineException>(() => model.Bind(Shapes(batch: 1).AsSpan(0, 4))).Message, StringComparison.Ordinal));

    [ContractFact]
    public void AnUnknownTensorIsNamed() => With((_, model) =>
    {
        OnnxShape[] shapes = [.. Shapes(batch: 1), new OnnxShape("nonsense", 1)];
        Assert.Contains("nonsense", Assert.Throws<EngineException>(() => model.Bind(shapes)).Message, StringComparison.Ordinal);
        using var binding = model.Bind(Shapes(batch: 1));
        Assert.Throws<EngineException>(() => binding.Tensor<float>("nonsense"));
        Assert.Contains("Int64", Assert.Throws<EngineException>(() => binding.Tensor<long>("input")).Message, StringComparison.Ordinal);
    });

    [ContractFact]
    public void AnOutputOfAnotherShapeThanPromisedIsAnEngineException() => With((_, model) =>
    {
        var shapes = Shapes(batch: 1);
        shapes[3] = new OnnxShape("output", 7, 1);
        using var binding = model.Bind(shapes);
        binding.Tensor<long>("sr").Values[0] = 8_000;
        Assert.Contains(ModelPath, Assert.Throws<EngineException>(binding.Run).Message, StringComparison.Ordinal);
    });

    [ContractFact]
    public void ARunTellsTheSizeOfItsOutput() => With((_, model) =>
    {
        Assert.Equal(2, model.Run("output", Inputs(batch: 2), CancellationToken.None).Length);
        var state = model.Run("stateN", Inputs(batch: 1), CancellationToken.None);
        Assert.Equal(256, state.Length);
        Assert.Contains(state, value => value != 0);
    });

    [ContractFact]
    public void ARunNamesWhatDoesNotFit() => With((_, model) =>
    {
        var inputs = Inputs(batch: 1);
        Assert.Contains("sr", Assert.Throws<EngineException>(() => model.Run("output", inputs[..2], CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Contains("nothing", Assert.Throws<EngineException>(() => model.Run("nothing", inputs, CancellationToken.None)).Message, StringComparison.Ordinal);
        OnnxInput[] wrong = [inputs[0], OnnxInput.Of("state", new float[3], 2, 1, 128), inputs[2]];
        Assert.Contains("3 values", Assert.Throws<EngineException>(() => model.Run("output", wrong, CancellationToken.None)).Message, StringComparison.Ordinal);
        wrong = [inputs[0], inputs[1], OnnxInput.Of("sr", [8_000f])];
        Assert.Contains("Single", Assert.Throws<EngineException>(() => model.Run("output", wrong, CancellationToken.None)).Message, StringComparison.Ordinal);
        wrong = [.. inputs, OnnxInput.Of("nonsense", [1f], 1)];
        Assert.Contains("nonsense", Assert.Throws<EngineException>(() => model.Run("output", wrong, CancellationToken.None)).Message, StringComparison.Ordinal);
    });

    [ContractFact]
    public void ACancelledRunIsCancelled() => With((_, model) =>
        Assert.ThrowsAny<OperationCanceledException>(() => model.Run("output", Inputs(batch: 1), new CancellationToken(canceled: true))));

    [ContractFact]
    public void AMissingFileIsNamed()
    {
        using var runtime = Create();
        Assert.Contains("/no/such.onnx", Assert.Throws<EngineException>(() => runtime.Load("/no/such.onnx")).Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public void AFileThatIsNoModelIsNamed()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "this is no model, whatever its name says");
            using var runtime = Create();
            Assert.Contains(path, Assert.Throws<EngineException>(() => runtime.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    protected static string ModelPath => SharedData.Require(RequiresOnnxAttribute.Model);

    private static OnnxShape[] Shapes(int batch) =>
    [
        new("input", batch, 288), new("state", 2, batch, 128), new("sr"), new("output", batch, 1), new("stateN", 2, batch, 128),
    ];

    private static OnnxInput[] Inputs(int batch) =>
    [
        OnnxInput.Of("input", new float[batch * 288], batch, 288), OnnxInput.Of("state", new float[2 * batch * 128], 2, batch, 128), OnnxInput.Of("sr", [8_000L]),
    ];

    private void With(Action<IOnnxRuntime, IOnnxModel> test)
    {
        using var runtime = Create();
        using var model = runtime.Load(ModelPath);
        test(runtime, model);
    }
}
