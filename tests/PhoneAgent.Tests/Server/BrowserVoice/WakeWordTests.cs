using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.BrowserVoice.Wire;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.BrowserVoice;

/// <summary>Nothing is for the agent before the word.</summary>
public sealed class WakeWordTests
{
    [Fact]
    public async Task WhatComesBeforeTheWordIsSilentAndWhatFollowsIsHeard()
    {
        var heard = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Takes loudness for the word.
        var gate = new WakeWordGate(4_000, samples => samples.Average(Math.Abs), 0.4, score => heard.TrySetResult(score));
        short[] quiet = Frame(100), loud = Frame(20_000);
        for (int i = 0; i < 40; i++)
            Assert.False(gate.Pass(quiet));
        while (!gate.IsOpen)
        {
            loud = Frame(20_000);
            if (!gate.Pass(loud))
                Assert.All(loud, sample => Assert.Equal(0, sample));
            await Task.Yield();
        }
        Assert.InRange(await heard.Task.WaitAsync(TimeSpan.FromSeconds(30)), 0.4, 1);
        loud = Frame(20_000);
        Assert.True(gate.Pass(loud));
        Assert.All(loud, sample => Assert.Equal(20_000, sample));

        for (int i = 0; i < 249; i++)
            Assert.True(gate.Pass(Frame(0)));
        Assert.False(gate.Pass(Frame(0)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void AModelOfAnotherFormIsNoWakeWord(int samples)
    {
        (WakeWordModel? model, string? problem) = WakeWordModel.From(new OtherModel(samples));
        Assert.Null(model);
        Assert.Contains($"{samples} samples", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAModelThereIsAReason()
    {
        WakeWords none = WakeWords.Load(null!, null, new BrowserVoiceOptions());
        Assert.False(none.State.Available);
        Assert.Contains("talk.wake_word_model", none.State.Reason, StringComparison.Ordinal);
        Assert.Null(none.Open(_ => { }));
    }

    [Theory]
    [InlineData(null, "talk.wake_word_model")]
    [InlineData("word.onnx", "no runtime here")]
    public void WithoutARuntimeTheServerStartsWithoutTheWord(string? model, string reason)
    {
        var options = new BrowserVoiceOptions { WakeWordModel = model };
        using ServiceProvider services = new ServiceCollection()
            .AddSingleton<IOnnxRuntime>(_ => throw new EngineException("no runtime here"))
            .AddSingleton(new LoadedConfig(new PhoneAgentOptions(), null, "/", []))
            .AddBrowserVoice(options)
            .BuildServiceProvider();

        ServerMessage.WakeWordState state = services.GetRequiredService<WakeWords>().State;
        Assert.False(state.Available);
        Assert.Contains(reason, state.Reason, StringComparison.Ordinal);
    }

    private static short[] Frame(short value)
    {
        short[] frame = new short[320];
        Array.Fill(frame, value);
        return frame;
    }

    private sealed class OtherModel(int samples) : IOnnxModel
    {
        public string Path => "loud.onnx";
        public IReadOnlyList<OnnxTensorInfo> Inputs { get; } = [new("sound", OnnxElementType.F32, [1, samples])];
        public IReadOnlyList<OnnxTensorInfo> Outputs { get; } = [new("score", OnnxElementType.F32, [1, 1])];

        public IOnnxBinding Bind(params ReadOnlySpan<OnnxShape> shapes) => throw new NotSupportedException();

        public float[] Run(string output, IReadOnlyList<OnnxInput> inputs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
