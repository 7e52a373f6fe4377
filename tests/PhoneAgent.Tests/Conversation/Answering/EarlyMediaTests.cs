using PhoneAgent.Audio;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Testing.Calls;
using Xunit;
using System.Threading.Channels;

namespace PhoneAgent.Tests.Conversation.Answering;

public sealed class EarlyMediaTests
{
    private static readonly AnswerDetectionOptions On = new() { Enabled = true };

    [Fact]
    public async Task ASpecialInformationToneEndsTheAttempt()
    {
        var line = new EarlyLine();
        Task<PlacedCall> placing = EarlyMediaListener.PlaceAsync(line, new PlaceCallRequest("1"), On, CancellationToken.None);
        line.Ring();
        line.Play(950, 330);
        line.Play(1_400, 330);
        line.Play(1_800, 330);
        PlacedCall placed = await placing;
        Assert.Equal(CallEndCause.Cancelled, placed.Result.Failure!.Cause);
        Assert.Equal((AnswerKind.NotInService, "sit"), (placed.Early!.Kind, placed.Early.Rule));
        Assert.False(line.Audio.IsRunning);
    }

    [Fact]
    public async Task RingbackIsNoAnswerAndTheSessionStartsTheAudioAnew()
    {
        var line = new EarlyLine();
        var progress = new List<int>();
        Task<PlacedCall> placing = EarlyMediaListener.PlaceAsync(
            line, new PlaceCallRequest("1") { Progress = new Told(progress) }, On, CancellationToken.None);
        line.Ring();
        for (int i = 0; i < 2; i++)
        {
            line.Play(425, 1_000);
            line.Play(0, 4_000);
        }
        line.Answer();
        PlacedCall placed = await placing;
        Assert.NotNull(placed.Result.Call);
        Assert.Null(placed.Early);
        Assert.False(line.Audio.IsRunning);
        Assert.Equal([183, 183], progress);
    }

    [Fact]
    public async Task WhatTheNetworkSaysItselfIsKeptBesideTheTone()
    {
        var line = new EarlyLine();
        Task<PlacedCall> placing = EarlyMediaListener.PlaceAsync(line, new PlaceCallRequest("1"), On with { OnBusy = AnswerAction.Talk }, CancellationToken.None);
        line.Ring();
        for (int i = 0; i < 4; i++)
        {
            line.Play(425, 500);
            line.Play(0, 500);
        }
        line.Fail(new CallEnd(CallEndCause.Busy, EndedBy.Network, 486));
        PlacedCall placed = await placing;
        Assert.Equal((CallEndCause.Busy, AnswerKind.Busy), (placed.Result.Failure!.Cause, placed.Early!.Kind));
    }

    [Fact]
    public async Task WhereItIsOffTheCallIsOnlyPlaced()
    {
        var line = new EarlyLine();
        Task<PlacedCall> placing = EarlyMediaListener.PlaceAsync(line, new PlaceCallRequest("1"), new AnswerDetectionOptions(), CancellationToken.None);
        line.Ring();
        Assert.False(line.Audio.IsRunning);
        line.Answer();
        Assert.NotNull((await placing).Result.Call);
    }

    private sealed class Told(List<int> codes) : IProgress<CallProgress>
    {
        public void Report(CallProgress value) => codes.Add(value.StatusCode);
    }

    /// <summary>A line on which one call rings, with early media.</summary>
    private sealed class EarlyLine : IPhoneLine
    {
        private readonly TaskCompletionSource<PlaceCallResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IProgress<CallProgress>? _progress;
        private TimeSpan _played;

        public ScriptedAudio Audio { get; } = new();

        public ChannelReader<IIncomingCall> Incoming => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken)
        {
            _progress = request.Progress;
            await using CancellationTokenRegistration cancelled = cancellationToken.Register(() => Fail(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent)));
            return await _result.Task;
        }

        /// <summary>Twice, as networks do.</summary>
        public void Ring()
        {
            _progress?.Report(new CallProgress(183, Audio));
            _progress?.Report(new CallProgress(183, Audio));
        }

        public void Answer() => _result.TrySetResult(PlaceCallResult.Answered(new FakeCall(Audio, CallDirection.Outbound)));

        public void Fail(CallEnd end) => _result.TrySetResult(PlaceCallResult.Failed(end));

        public void Play(int hz, int milliseconds)
        {
            var samples = new short[milliseconds * (AudioFormat.SampleRate / 1_000)];
            if (hz > 0)
            {
                var tone = new ToneGenerator(AudioFormat.SampleRate);
                tone.Start(hz, -18, TimeSpan.FromMilliseconds(milliseconds));
                tone.Fill(samples);
            }
            Audio.Play(_played, samples);
            _played += TimeSpan.FromMilliseconds(milliseconds);
            while (AudioFormat.ToTime(Audio.Position) + AudioFormat.FrameDuration <= _played)
                Audio.Tick();
        }

        public void Drain()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
