using Microsoft.Playwright;
using Xunit;

namespace PhoneAgent.BrowserTests;

/// <summary>The audio worklets of the page, offline: what they do does not depend on how busy the machine is.</summary>
public sealed class WorkletTests : IAsyncLifetime
{
    private ServerProcess _server = null!;
    private Browser? _browser;
    private IPage _page = null!;

    public async Task InitializeAsync()
    {
        if (RequiresChromiumFactAttribute.Executable is null)
            return;
        _server = await ServerProcess.StartAsync("engines.warm_up=false", "engines.tts_cache.enabled=false");
        _browser = await Browser.StartAsync();
        _page = await _browser.OpenAsync(new Uri(_server.Address, "/talk"));
    }

    public async Task DisposeAsync()
    {
        if (_browser is null)
            return;
        await _browser.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Plays 300 ms of tone from the queue; at 0.2 s the agent is interrupted. Returns the loudness of every quantum.</summary>
    private const string PlayAndFlush = """
        async () => {
          const context = new OfflineAudioContext(1, 48000, 48000);
          await context.audioWorklet.addModule('/assets/talk/playback-worklet.js');
          const node = new AudioWorkletNode(context, 'phoneagent-playback', { numberOfInputs: 0, outputChannelCount: [1] });
          node.connect(context.destination);
          context.suspend(0.01).then(() => {
            for (let frame = 0; frame < 15; frame++) {
              const samples = Int16Array.from({ length: 320 }, (_, i) => 16000 * Math.sin(2 * Math.PI * 400 * (frame * 320 + i) / 16000));
              node.port.postMessage({ samples, startsSpurt: frame === 0 });
            }
            setTimeout(() => context.resume(), 50);
          });
          context.suspend(0.2).then(() => { node.port.postMessage('flush'); setTimeout(() => context.resume(), 50); });
          const wave = (await context.startRendering()).getChannelData(0);
          return Array.from({ length: 375 }, (_, q) => Math.max(...wave.subarray(q * 128, q * 128 + 128).map(Math.abs)));
        }
        """;

    [RequiresChromiumFact]
    public async Task AFlushIsSilentWithinAQuantum()
    {
        double[] quanta = await _page.EvaluateAsync<double[]>(PlayAndFlush);
        // 0.2 s are 75 quanta; the one in which the message arrives fades out.
        Assert.All(quanta[20..74], level => Assert.InRange(level, 0.3, 0.6));
        Assert.All(quanta[77..], level => Assert.Equal(0, level));
    }

    /// <summary>Frames that come as they should, one in 20 ms, are played without a gap: returns the largest step between two samples.</summary>
    private const string PlayGapless = """
        async () => {
          const context = new OfflineAudioContext(1, 48000, 48000);
          await context.audioWorklet.addModule('/assets/talk/playback-worklet.js');
          const node = new AudioWorkletNode(context, 'phoneagent-playback', { numberOfInputs: 0, outputChannelCount: [1] });
          node.connect(context.destination);
          let frame = 0;
          const send = () => {
            const first = frame++;
            const samples = Int16Array.from({ length: 320 }, (_, i) => 16000 * Math.sin(2 * Math.PI * 400 * (first * 320 + i) / 16000));
            node.port.postMessage({ samples, startsSpurt: first === 0 });
          };
          send();
          for (let at = 1; at < 40; at++) context.suspend(at * 0.02).then(() => { send(); setTimeout(() => context.resume(), 4); });
          const wave = (await context.startRendering()).getChannelData(0).subarray(9600, 33600);
          let step = 0;
          for (let i = 1; i < wave.length; i++) step = Math.max(step, Math.abs(wave[i] - wave[i - 1]));
          return step;
        }
        """;

    [RequiresChromiumFact]
    public async Task WhatComesInTimeIsPlayedWithoutAGap()
    {
        // 400 Hz at this amplitude changes by at most 0.0256 from one sample to the next.
        Assert.InRange(await _page.EvaluateAsync<double>(PlayGapless), 0.02, 0.027);
    }

    /// <summary>Records a tone through the capture worklet; returns frames, samples of a frame, the tone's power and the rest's.</summary>
    private const string Capture = """
        async rate => {
          const context = new OfflineAudioContext(1, rate, rate);
          await context.audioWorklet.addModule('/assets/talk/capture-worklet.js');
          const node = new AudioWorkletNode(context, 'phoneagent-capture', { numberOfOutputs: 0 });
          const frames = [];
          node.port.onmessage = ({ data }) => frames.push(data);
          const tone = new OscillatorNode(context, { frequency: 1000 });
          tone.connect(node);
          tone.start();
          await context.startRendering();
          await new Promise(done => setTimeout(done, 100));
          const samples = frames.slice(5, 45).flatMap(frame => [...frame.samples]).map(value => value / 32768);
          let sine = 0, cosine = 0, power = 0;
          samples.forEach((x, i) => { const w = 2 * Math.PI * 1000 * i / 16000; sine += x * Math.sin(w); cosine += x * Math.cos(w); power += x * x; });
          const amplitude = 2 * Math.hypot(sine, cosine) / samples.length;
          return [frames.length, frames[0].samples.length, frames[7].time, amplitude, power / samples.length - amplitude * amplitude / 2];
        }
        """;

    [RequiresChromiumTheory]
    [InlineData(48_000)]
    [InlineData(44_100)]
    public async Task TheMicrophoneComesAs16KilohertzOf20Milliseconds(int rate)
    {
        double[] measured = await _page.EvaluateAsync<double[]>(Capture, rate);
        Assert.InRange(measured[0], 48, 50);
        Assert.Equal(320, measured[1]);
        Assert.Equal(7 * 320, measured[2]);
        Assert.InRange(measured[3], 0.98, 1.02);
        Assert.InRange(measured[4], -1e-3, 1e-4);
    }

    /// <summary>How loud a tone of amplitude 1 is after the resampler: RMS as a share of a sine's.</summary>
    private const string Resampled = """
        async ([from, to, frequency]) => {
          const { Resampler } = await import('/assets/talk/resampler.js');
          const block = 128, resampler = new Resampler(from, to, block), input = new Float32Array(block), output = new Float32Array(4096);
          let sum = 0, count = 0, made = 0;
          for (let at = 0; at < from; at += block) {
            for (let i = 0; i < block; i++) input[i] = Math.sin(2 * Math.PI * frequency * (at + i) / from);
            resampler.push(input, block);
            const n = resampler.pull(output, 0, output.length);
            for (let i = 0; i < n; i++) if (made++ > to / 10) { sum += output[i] * output[i]; count++; }
          }
          return Math.sqrt(2 * sum / count);
        }
        """;

    [RequiresChromiumTheory]
    [InlineData(48_000, 16_000)]
    [InlineData(44_100, 16_000)]
    [InlineData(16_000, 48_000)]
    public async Task WhatFitsTheLowerRatePassesAndNothingIsFoldedDown(int from, int to)
    {
        foreach (int heard in new[] { 200, 1_000, 3_400, 6_500 })
            Assert.InRange(Decibels(await _page.EvaluateAsync<double>(Resampled, new[] { from, to, heard })), -0.5, 0.5);
        foreach (int beyond in new[] { 8_100, 9_000, 12_000, 15_900, 20_000 }.Where(f => from > to && f < from / 2))
            Assert.InRange(Decibels(await _page.EvaluateAsync<double>(Resampled, new[] { from, to, beyond })), double.NegativeInfinity, -60);
    }

    private static double Decibels(double ratio) => 20 * Math.Log10(ratio);
}
