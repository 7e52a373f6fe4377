using System.Text;
using PhoneAgent.Conversation;
using PhoneAgent.Inference.Whisper;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class GgmlModelFileTests : IDisposable
{
    private const int HeaderBytes = 4 + 11 * 4;

    private readonly string folder = Directory.CreateTempSubdirectory("phoneagent-ggml-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void AWholeModelIsRead()
    {
        var model = Inspect(Model());
        Assert.Equal((true, 2, 1, 1, 50, true), (model.IsMultilingual, model.Mels, model.AudioLayers, model.TextLayers, model.Tensors, model.HasWeights));
        Assert.False(Inspect(Model(vocabulary: 51_864)).IsMultilingual);
        Assert.False(Inspect(Model(tensors: 0)).HasWeights);
    }

    [Fact]
    public void CutOffAnywhereItIsRefused()
    {
        var whole = Model();
        var withoutWeights = Model(tensors: 0).Length;
        for (var length = 0; length < whole.Length; length += length < HeaderBytes + 40 ? 1 : 37)
            if (length != withoutWeights)
                AssertRefused(whole[..length]);
        AssertRefused(whole[..^1]);
    }

    [Fact]
    public void DamagedLengthsAreRefused()
    {
        // Each number of the header and of the first tensor, as a broken disk or another format would have it.
        var whole = Model();
        var tensors = Model(tensors: 0).Length;
        foreach (var at in Enumerable.Range(0, 13).Select(i => 4 + 4 * i).Concat([HeaderBytes + 8 + 8 * 4, tensors, tensors + 4, tensors + 8, tensors + 12]))
            foreach (var value in new[] { -1, int.MinValue, int.MaxValue })
            {
                var damaged = (byte[])whole.Clone();
                BitConverter.TryWriteBytes(damaged.AsSpan(at), value);
                AssertRefused(damaged);
            }
    }

    [Fact]
    public void WhatIsNoModelIsRefused()
    {
        var random = new Random(7);
        for (var i = 0; i < 50; i++)
        {
            var bytes = new byte[random.Next(2_000)];
            random.NextBytes(bytes);
            AssertRefused(bytes);
            if (bytes.Length > 4)
                BitConverter.TryWriteBytes(bytes, 0x67676d6c);
            AssertRefused(bytes);
        }
        AssertRefused(Encoding.ASCII.GetBytes("<html>404 Not Found</html>"));
        AssertRefused("GGUF"u8.ToArray());
    }

    [Fact]
    public void ATensorOfMoreThanAnyFileHoldsIsRefused()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(Model(tensors: 49));
        foreach (var number in new[] { 4, 1, 0, 1 << 17, 1 << 17, 1 << 17, 1 << 17 }) // 2^68: no 64 bits hold it
            writer.Write(number);
        writer.Write((byte)'x');
        AssertRefused(memory.ToArray());
    }

    [Fact]
    public void AMissingFileSaysHowToGetOne()
    {
        var path = Path.Combine(folder, "none.bin");
        var error = Assert.Throws<EngineException>(() => GgmlModelFile.Inspect(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("models pull", error.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => GgmlModelFile.Inspect(folder));
    }

    [RequiresTheory(Shared = "models/whisper.cpp")]
    [InlineData("for-tests-ggml-tiny.bin", true)]
    [InlineData("for-tests-ggml-tiny.en.bin", false)]
    public void TheFilesOfWhisperCppAreRead(string name, bool isMultilingual)
    {
        var path = SharedData.Require($"models/whisper.cpp/{name}");
        var model = GgmlModelFile.Inspect(path);
        Assert.Equal((isMultilingual, 80, 4, false), (model.IsMultilingual, model.Mels, model.AudioLayers, model.HasWeights));
        var whole = File.ReadAllBytes(path);
        foreach (var share in new[] { 0.001, 0.1, 0.5, 0.999 })
            AssertRefused(whole[..(int)(whole.Length * share)]);
    }

    [RequiresFact(Shared = "models/whisper.cpp")]
    public void AVoiceDetectorIsNoWhisper() =>
        Assert.Contains("is no Whisper model", Assert.Throws<EngineException>(() =>
            GgmlModelFile.Inspect(SharedData.Require("models/whisper.cpp/for-tests-silero-v6.2.0-ggml.bin"))).Message, StringComparison.Ordinal);

    private void AssertRefused(byte[] bytes)
    {
        var error = Assert.Throws<EngineException>(() => Inspect(bytes));
        Assert.Contains(Path.Combine(folder, "model.bin"), error.Message, StringComparison.Ordinal);
    }

    private GgmlModelFile Inspect(byte[] bytes)
    {
        var path = Path.Combine(folder, "model.bin");
        File.WriteAllBytes(path, bytes);
        return GgmlModelFile.Inspect(path);
    }

    /// <summary>One audio layer, one text layer, every tensor of 32 numbers.</summary>
    private static byte[] Model(int vocabulary = 51_865, int tensors = 50)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(0x67676d6c);
        foreach (var number in new[] { vocabulary, 1_500, 8, 1, 1, 448, 8, 1, 1, 2, 1 })
            writer.Write(number);
        writer.Write(2);
        writer.Write(4);
        writer.Write(new byte[2 * 4 * 4]);
        writer.Write(3);
        foreach (var word in new[] { "a", "", "long word" })
        {
            writer.Write(word.Length);
            writer.Write(Encoding.ASCII.GetBytes(word));
        }
        for (var i = 0; i < tensors; i++)
        {
            var type = new[] { (Id: 0, Bytes: 128), (Id: 1, Bytes: 64), (Id: 2, Bytes: 18), (Id: 8, Bytes: 34) }[i % 4];
            var name = Encoding.ASCII.GetBytes($"tensor.{i}");
            foreach (var number in new[] { 2, name.Length, type.Id, 8, 4 })
                writer.Write(number);
            writer.Write(name);
            writer.Write(new byte[type.Bytes]);
        }
        return memory.ToArray();
    }
}
