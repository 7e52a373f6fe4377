using System.Threading.Channels;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference;
using Xunit;

namespace PhoneAgent.Tests.Inference;

public sealed class SpeechSlotsTests
{
    [Fact]
    public async Task WhatIsCutShortByTheEndDoesNotLookComplete()
    {
        var slots = new SpeechSlots(places: 1, maxChunks: 8);
        var waits = new TaskCompletionSource();
        var registered = new TaskCompletionSource();
        await using IAsyncEnumerator<SynthesizedAudio> speech = slots.SpeakAsync(SpeakAsync, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await speech.MoveNextAsync());
        ValueTask<bool> next = speech.MoveNextAsync();
        Assert.False(next.IsCompleted);
        waits.SetResult();
        await registered.Task;

        Task disposed = slots.DisposeAsync().AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
        await disposed;

        // Its registration is younger than the reader's, so that it runs first: the channel is complete when the reader looks.
        async Task SpeakAsync(ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
        {
            await output.WriteAsync(new SynthesizedAudio(new short[160]), CancellationToken.None);
            await waits.Task;
            var stopped = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = stop.Register(stopped.SetCanceled);
            registered.SetResult();
            await stopped.Task.ConfigureAwait(false);
        }
    }
}
