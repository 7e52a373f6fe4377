using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class TranscriptionPoolTests
{
    private readonly List<string> ran = [];
    private readonly TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task FinalsGoBeforeProbesBeforeInterimsAndWithinAKindTheFirstFirst()
    {
        await using var pool = new TranscriptionPool(1, 10);
        await OccupyAsync(pool);
        foreach (var (name, kind) in new[] { ("i1", TranscriptionKind.Interim), ("p1", TranscriptionKind.Probe), ("f1", TranscriptionKind.Final), ("i2", TranscriptionKind.Interim), ("f2", TranscriptionKind.Final) })
            Assert.True(pool.TrySubmit(Job(name, kind)));
        hold.SetResult();
        await pool.IdleAsync();
        Assert.Equal(["f1", "f2", "p1", "i1", "i2"], ran);
    }

    [Fact]
    public async Task WhenFullTheLeastImportantIsDroppedAndCounted()
    {
        await using var pool = new TranscriptionPool(1, 2);
        await OccupyAsync(pool);
        var (interim, probe) = (Job("i", TranscriptionKind.Interim), Job("p", TranscriptionKind.Probe));
        Assert.True(pool.TrySubmit(interim));
        Assert.True(pool.TrySubmit(probe));
        Assert.False(pool.TrySubmit(Job("i2", TranscriptionKind.Interim)));
        Assert.True(pool.TrySubmit(Job("f1", TranscriptionKind.Final)));
        Assert.True(interim.IsCancelled);
        Assert.True(pool.TrySubmit(Job("f2", TranscriptionKind.Final)));
        Assert.True(probe.IsCancelled);
        Assert.False(pool.TrySubmit(Job("f3", TranscriptionKind.Final)));
        Assert.Equal((2, 1, 1), (pool.Dropped(TranscriptionKind.Interim), pool.Dropped(TranscriptionKind.Probe), pool.Dropped(TranscriptionKind.Final)));
        hold.SetResult();
        await pool.IdleAsync();
        Assert.Equal(["f1", "f2"], ran);
    }

    [Fact]
    public async Task WhatIsTakenBackDoesNotRun()
    {
        await using var pool = new TranscriptionPool(1, 10);
        await OccupyAsync(pool);
        var job = Job("gone", TranscriptionKind.Final);
        pool.TrySubmit(job);
        pool.Cancel(job);
        pool.TrySubmit(Job("stays", TranscriptionKind.Interim));
        hold.SetResult();
        await pool.IdleAsync();
        Assert.Equal(["stays"], ran);
    }

    [Fact]
    public async Task NoMoreThanItsPlacesRunAtOnce()
    {
        await using var pool = new TranscriptionPool(3, 100);
        int now = 0, most = 0;
        for (var i = 0; i < 50; i++)
            pool.TrySubmit(new TranscriptionJob(TranscriptionKind.Final, async _ =>
            {
                lock (ran)
                    most = Math.Max(most, ++now);
                await Task.Yield();
                lock (ran)
                    now--;
            }, new CancellationTokenSource()));
        await pool.IdleAsync();
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task ADisposedPoolTakesNothingAndCancelsWhatRuns()
    {
        var pool = new TranscriptionPool(1, 10);
        var job = new TranscriptionJob(TranscriptionKind.Final, async mine =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, mine.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }, new CancellationTokenSource());
        pool.TrySubmit(job);
        await begun.Task;
        await pool.DisposeAsync();
        Assert.True(job.IsCancelled);
        Assert.False(pool.TrySubmit(Job("late", TranscriptionKind.Final)));
    }

    private async Task OccupyAsync(TranscriptionPool pool)
    {
        pool.TrySubmit(new TranscriptionJob(TranscriptionKind.Final, async _ =>
        {
            begun.SetResult();
            await hold.Task;
        }, new CancellationTokenSource()));
        await begun.Task;
    }

    private TranscriptionJob Job(string name, TranscriptionKind kind) => new(kind, _ =>
    {
        ran.Add(name);
        return Task.CompletedTask;
    }, new CancellationTokenSource());
}
